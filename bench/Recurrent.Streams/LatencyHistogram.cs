using System.Diagnostics;
using System.Numerics;

namespace Recurrent.Streams;

/// <summary>Counts of times in classes that are an eighth of an octave wide: a quantile is right to 9 %.</summary>
internal sealed class LatencyHistogram
{
    private readonly long[] _counts = new long[64 * 8];

    public long Count => _counts.Sum();

    public void Add(long ticks)
    {
        ulong nanoseconds = (ulong)Math.Max(ticks * (1_000_000_000.0 / Stopwatch.Frequency), 8);
        int octave = BitOperations.Log2(nanoseconds);
        int place = (int)((nanoseconds >> (octave - 3)) & 7);
        Interlocked.Increment(ref _counts[(octave * 8) + place]);
    }

    /// <summary>Microseconds that a part of the times does not exceed.</summary>
    public double Quantile(double part)
    {
        long wanted = (long)Math.Ceiling(part * Count);
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen > 0)
            {
                return Math.Pow(2, i / 8) * (1 + ((i % 8) + 1) / 8.0) / 1000;
            }
        }

        return 0;
    }

    public void Clear() => Array.Clear(_counts);
}
