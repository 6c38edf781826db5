namespace Recurrent.Tests.Support;

/// <summary>What a run gives.</summary>
/// <param name="Y">Outputs, in the layout of the case.</param>
/// <param name="States">Final states <c>[batch, StateSize]</c>.</param>
internal sealed record Outcome(float[] Y, float[] States);
