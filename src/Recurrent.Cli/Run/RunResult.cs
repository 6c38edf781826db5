namespace Recurrent.Cli.Run;

/// <summary>What came out, and how long it took.</summary>
/// <param name="Outputs">Each output, <c>[time, batch, size]</c>, the time being that of the request's output.</param>
/// <param name="Times">How long the calls took.</param>
/// <param name="InstructionSet">The instruction set in use.</param>
internal sealed record RunResult(IReadOnlyList<float[]> Outputs, RunTimes Times, InstructionSet InstructionSet)
{
    /// <summary>Microseconds of all calls of the input.</summary>
    public double Microseconds { get; } = Times.Microseconds;

    /// <summary>How many values are NaN or infinite.</summary>
    public int NotFinite { get; } = Outputs.Sum(output => output.Count(value => !float.IsFinite(value)));
}
