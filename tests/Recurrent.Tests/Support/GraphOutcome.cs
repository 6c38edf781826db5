namespace Recurrent.Tests.Support;

/// <summary>What a run has given: its outputs in their order, and the final states.</summary>
internal sealed record GraphOutcome(float[][] Outputs, float[] States);
