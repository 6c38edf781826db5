using System.Numerics;

namespace Recurrent.Cli.Bench;

/// <summary>
/// How long blocks of calls took, counted in buckets of 1/128 of their value, so that a run of any length takes the
/// same memory and a sample costs one addition. Extremes are kept exactly.
/// </summary>
/// <param name="block">Calls that a sample times together; results are given per call.</param>
internal sealed class LatencyHistogram(int block)
{
    // Below 2^7 every value has a bucket of its own; above, every octave has 2^7 buckets.
    private const int PrecisionBits = 7;
    private const int BucketsPerOctave = 1 << PrecisionBits;

    private readonly long[] _counts = new long[(64 - PrecisionBits) * BucketsPerOctave];

    /// <summary>Calls that a sample times together.</summary>
    public int Block => block;

    /// <summary>Number of samples.</summary>
    public long Count { get; private set; }

    /// <summary>The shortest sample, nanoseconds per call.</summary>
    public double Minimum => (double)MinimumOfBlock / block;

    /// <summary>The longest sample, nanoseconds per call.</summary>
    public double Maximum => (double)MaximumOfBlock / block;

    /// <summary>The clock when the longest sample began, the first of them if several were as long.</summary>
    public long MaximumTimestamp { get; private set; }

    private long MinimumOfBlock { get; set; } = long.MaxValue;

    private long MaximumOfBlock { get; set; }

    /// <summary>Adds a sample.</summary>
    /// <param name="nanoseconds">Duration of the whole block; a clock that goes back counts as 0.</param>
    /// <param name="timestamp">The clock when it began.</param>
    public void Add(long nanoseconds, long timestamp = 0)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        _counts[IndexOf(nanoseconds)]++;
        Count++;
        MinimumOfBlock = Math.Min(MinimumOfBlock, nanoseconds);
        if (nanoseconds > MaximumOfBlock)
        {
            MaximumOfBlock = nanoseconds;
            MaximumTimestamp = timestamp;
        }
    }

    /// <summary>Forgets all samples.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        MinimumOfBlock = long.MaxValue;
        MaximumOfBlock = 0;
        MaximumTimestamp = 0;
    }

    /// <summary>The time that a share of the samples do not exceed (nearest rank), nanoseconds per call.</summary>
    /// <param name="share">From 0, the minimum, to 1, the maximum.</param>
    /// <returns>Within 1/256 of the exact value; NaN without samples.</returns>
    public double Percentile(double share)
    {
        if (Count == 0)
        {
            return double.NaN;
        }

        if (share is <= 0 or >= 1)
        {
            return share <= 0 ? Minimum : Maximum;
        }

        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        int index = -1;
        while (seen < rank)
        {
            seen += _counts[++index];
        }

        return Math.Clamp(MiddleOf(index), MinimumOfBlock, MaximumOfBlock) / block;
    }

    /// <summary>The buckets that hold samples: their middle in nanoseconds per call, and how many.</summary>
    public IEnumerable<(double Nanoseconds, long Count)> Buckets() =>
        from index in Enumerable.Range(0, _counts.Length)
        where _counts[index] > 0
        select (Math.Clamp(MiddleOf(index), MinimumOfBlock, MaximumOfBlock) / block, _counts[index]);

    private static int IndexOf(long value)
    {
        int octave = Math.Max(0, BitOperations.Log2((ulong)value) - PrecisionBits);
        return (octave * BucketsPerOctave) + (int)(value >> octave);
    }

    private static double MiddleOf(int index)
    {
        int octave = Math.Max(0, (index / BucketsPerOctave) - 1);
        long lowest = (long)(index - (octave * BucketsPerOctave)) << octave;
        return lowest + (((1L << octave) - 1) / 2.0);
    }
}
