namespace Recurrent.Fuzz;

/// <summary>Something is not as it is documented.</summary>
internal sealed class FuzzFailureException(string message) : Exception(message);
