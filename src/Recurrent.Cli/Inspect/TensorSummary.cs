namespace Recurrent.Cli.Inspect;

/// <summary>A tensor of a file that holds no model.</summary>
internal sealed record TensorSummary(string Name, string ElementType, IReadOnlyList<long> Shape);
