using System.Diagnostics;
using System.Globalization;

namespace Recurrent.Peers;

/// <summary>Times calls as the other peers do: singly, or in blocks of 32 where a call takes less than 1 µs.</summary>
internal static class Sampler
{
    private const double ShortCall = 1e-6;
    private const int Block = 32;
    private const int MostSamples = 200_000;

    private static readonly double[] Samples = new double[MostSamples];

    public static string Measure(PreparedTask task, double seconds)
    {
        // The first quarter brings caches and clocks to where they stay.
        long warmUp = Stopwatch.GetTimestamp();
        double least = TimeBlock(task, 1);
        while (Since(warmUp) < seconds / 4)
        {
            least = Math.Min(least, TimeBlock(task, 1));
        }

        int block = least < ShortCall ? Block : 1;
        int count = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        do
        {
            Samples[count++] = TimeBlock(task, block);
        }
        while (count < MostSamples && Since(start) < seconds);

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Span<double> sorted = Samples.AsSpan(0, count);
        sorted.Sort();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"us\": {1e6 * Percentile(sorted, 0.5):F5}, \"p99\": {1e6 * Percentile(sorted, 0.99):F5}, "
            + $"\"samples\": {count}, \"block\": {block}, \"allocated_bytes\": {allocated}"
            + $"{(task.Setting is { } setting ? $", \"setting\": \"{setting}\"" : "")}}}");
    }

    private static double TimeBlock(PreparedTask task, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            task.Call();
        }

        return Since(start) / calls;
    }

    private static double Since(long start) => (double)(Stopwatch.GetTimestamp() - start) / Stopwatch.Frequency;

    private static double Percentile(Span<double> sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];
}
