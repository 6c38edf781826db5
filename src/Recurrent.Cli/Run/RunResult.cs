using Recurrent.Cli.Bench;

namespace Recurrent.Cli.Run;

/// <summary>What came out, and how long it took.</summary>
/// <param name="Output"><c>[time, batch, OutputSize]</c>, the time being that of the request's output.</param>
/// <param name="Calls">How long each call took.</param>
/// <param name="Total">How long all calls took.</param>
/// <param name="WorstCall">The call that took longest.</param>
/// <param name="InstructionSet">The instruction set in use.</param>
internal sealed record RunResult(
    float[] Output, LatencyHistogram Calls, TimeSpan Total, int WorstCall, InstructionSet InstructionSet)
{
    /// <summary>How many values are NaN or infinite.</summary>
    public int NotFinite { get; } = Output.Count(value => !float.IsFinite(value));
}
