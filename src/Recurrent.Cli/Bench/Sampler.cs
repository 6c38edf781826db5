using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Recurrent.Cli.Bench;

/// <summary>Times calls, in turns.</summary>
internal static class Sampler
{
    /// <summary>Calls that are timed together where one takes less than <see cref="ShortCall"/>.</summary>
    public const int ShortBlock = 32;

    // Reading the clock takes tens of nanoseconds.
    private static readonly TimeSpan ShortCall = TimeSpan.FromMicroseconds(1);

    // Long enough for the runtime to have compiled what is called often for speed.
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(200);

    /// <summary>Calls until everything is at its steady state.</summary>
    /// <returns>How many calls a sample of it should have.</returns>
    public static int WarmUp(TimedCall call)
    {
        var least = TimeSpan.MaxValue;
        long begin = Stopwatch.GetTimestamp();
        do
        {
            long start = Stopwatch.GetTimestamp();
            call.Call();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            least = elapsed < least ? elapsed : least;
        }
        while (Stopwatch.GetElapsedTime(begin) < WarmUpTime);

        return least < ShortCall ? ShortBlock : 1;
    }

    /// <summary>Samples for a while, at least once.</summary>
    /// <param name="call">What is timed.</param>
    /// <param name="length">Length of the turn.</param>
    /// <param name="histogram">Receives the samples and tells the calls of each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Turn(TimedCall call, TimeSpan length, LatencyHistogram histogram)
    {
        // The first call finds caches and threads as somebody else left them; it is nobody's typical call.
        call.Call();
        int block = histogram.Block;
        double nanosecondsPerTick = 1e9 / Stopwatch.Frequency;
        long start = Stopwatch.GetTimestamp();
        long end = start + (long)(length.TotalSeconds * Stopwatch.Frequency);
        long now;
        do
        {
            for (int i = 0; i < block; i++)
            {
                call.Call();
            }

            now = Stopwatch.GetTimestamp();
            histogram.Add((long)((now - start) * nanosecondsPerTick), start);
            // Not the end of this sample: counting it is not part of the next.
            start = Stopwatch.GetTimestamp();
        }
        while (now < end);
    }
}
