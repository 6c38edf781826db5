using System.Diagnostics;
using Recurrent.Cli.Bench;

namespace Recurrent.Cli.Run;

/// <summary>How long the calls of an input took, over one or more passes through it.</summary>
internal sealed class RunTimes
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly List<double> _passes = [];

    /// <summary>Every call.</summary>
    public LatencyHistogram Calls { get; } = new(1);

    /// <summary>The call of the input that took longest.</summary>
    public int WorstCall { get; private set; }

    /// <summary>How often the input was computed.</summary>
    public int Passes => _passes.Count;

    /// <summary>Microseconds of all calls of a pass: the median of the passes.</summary>
    public double Microseconds => _passes.Order().ElementAt(_passes.Count / 2);

    /// <summary>Counts a call.</summary>
    /// <param name="call">Its number.</param>
    /// <param name="start">The clock when it began.</param>
    /// <param name="end">The clock when it ended.</param>
    public void Add(int call, long start, long end)
    {
        double longest = Calls.Maximum;
        Calls.Add((long)((end - start) * NanosecondsPerTick), start);
        WorstCall = Calls.Maximum > longest ? call : WorstCall;
    }

    /// <summary>Counts a pass.</summary>
    /// <param name="ticks">Of the clock, in all its calls.</param>
    public void AddPass(long ticks) => _passes.Add(1e-3 * NanosecondsPerTick * ticks);
}
