namespace Recurrent.Cli.Bench;

/// <summary>A bin of a histogram for people: its edges in microseconds, the calls in it, those of the control.</summary>
internal sealed record HistogramBin(double From, double To, long Calls, long Control)
{
    private const int MostBins = 32;

    /// <summary>Bins of equal ratio over everything that was measured, as fine as <see cref="MostBins"/> allow.</summary>
    /// <param name="calls">The samples of what is measured; at least one.</param>
    /// <param name="control">The samples of the control.</param>
    /// <returns>Adjacent bins in rising order, the first and the last not empty.</returns>
    public static IReadOnlyList<HistogramBin> Of(LatencyHistogram calls, LatencyHistogram control)
    {
        double least = Math.Min(calls.Minimum, control.Count > 0 ? control.Minimum : double.MaxValue);
        double most = Math.Max(calls.Maximum, control.Maximum);
        int perOctave = 16;
        while (perOctave > 1 && Index(most, perOctave) - Index(least, perOctave) >= MostBins)
        {
            perOctave /= 2;
        }

        int first = Index(least, perOctave);
        int count = Index(most, perOctave) - first + 1;
        long[] ours = Sum(calls, first, count, perOctave);
        long[] theirs = Sum(control, first, count, perOctave);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new HistogramBin(
                Edge(first + i, perOctave), Edge(first + i + 1, perOctave), ours[i], theirs[i])),
        ];
    }

    private static long[] Sum(LatencyHistogram histogram, int first, int count, int perOctave)
    {
        var sums = new long[count];
        foreach ((double nanoseconds, long samples) in histogram.Buckets())
        {
            sums[Math.Clamp(Index(nanoseconds, perOctave) - first, 0, count - 1)] += samples;
        }

        return sums;
    }

    // A clock that ticks coarsely may give 0, which has no logarithm.
    private static int Index(double nanoseconds, int perOctave) =>
        (int)Math.Floor(perOctave * Math.Log2(Math.Max(nanoseconds, 0.01)));

    private static double Edge(int index, int perOctave) => 1e-3 * Math.Pow(2, (double)index / perOctave);
}
