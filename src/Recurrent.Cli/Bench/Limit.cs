namespace Recurrent.Cli.Bench;

/// <summary>
/// The least time that this machine needs for a workload: the sum over phases of max(operations / multiply-add rate,
/// weight bytes / read bandwidth of the nearest level that holds them).
/// </summary>
/// <remarks>
/// The same formula as in bench/peers/limit.py: a change belongs in both. Activations are not counted, and of integers only the bytes are. A cache that keeps a part of weights which
/// are too large for it can make the percentage of the limit pass 100.
/// </remarks>
internal static class Limit
{
    /// <summary>Microseconds of a call.</summary>
    public static double Microseconds(IEnumerable<Phase> phases, MachineRates rates) =>
        phases.Sum(phase => 1e-3 * phase.Repeats * Math.Max(
            phase.IsOfIntegers ? 0 : phase.Operations / rates.GigaFlops, phase.WeightBytes / rates.BandwidthFor(phase.WeightBytes)));
}
