using System.Diagnostics;

namespace Recurrent.Cli.Bench;

/// <summary>Everything that a measurement gave.</summary>
internal sealed record BenchReport
{
    /// <summary>The percentiles that are shown, by name.</summary>
    private static readonly (string Name, double Share)[] Shares =
        [("min", 0), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999), ("max", 1)];

    public required Workload Workload { get; init; }

    public required IReadOnlyList<CandidateResult> Tried { get; init; }

    public required CandidateResult Recommended { get; init; }

    public required LatencyHistogram Latencies { get; init; }

    public required LatencyHistogram Control { get; init; }

    /// <summary>The clock when the first of the samples began.</summary>
    public required long Begin { get; init; }

    public required MachineRates Rates { get; init; }

    public required long PackedBytes { get; init; }

    /// <summary>The weights' own bytes with hidden units filled up to whole vectors.</summary>
    public required long PaddedBytes { get; init; }

    public required TimeSpan PackingTime { get; init; }

    /// <summary>Microseconds of a call, the median.</summary>
    public double CallMicroseconds => 1e-3 * Latencies.Percentile(0.5);

    /// <summary>Microseconds of a step of all rows.</summary>
    public double StepMicroseconds => CallMicroseconds / Workload.Time;

    /// <summary>10^9 operations of the products a second.</summary>
    public double GigaFlops => 1e-3 * Workload.Operations / CallMicroseconds;

    /// <summary>10^9 bytes of weights read a second.</summary>
    public double WeightBandwidth => 1e-3 * Workload.WeightBytesRead / CallMicroseconds;

    /// <summary>Microseconds of a call that the machine needs at least.</summary>
    public double LimitMicroseconds => Limit.Microseconds(Workload.Phases, Rates);

    public double ShareOfLimit => LimitMicroseconds / CallMicroseconds;

    public IReadOnlyList<HistogramBin> Bins => HistogramBin.Of(Latencies, Control);

    /// <summary>How long after the beginning a histogram's longest sample began.</summary>
    public TimeSpan WorstAfter(LatencyHistogram histogram) =>
        Stopwatch.GetElapsedTime(Begin, histogram.MaximumTimestamp);

    /// <summary>Names and values of a histogram's percentiles, microseconds of a call.</summary>
    public static IReadOnlyList<(string Name, double Microseconds)> Percentiles(LatencyHistogram histogram) =>
        [.. Shares.Select(share => (share.Name, 1e-3 * histogram.Percentile(share.Share)))];
}
