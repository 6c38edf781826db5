using System.Diagnostics;
using System.Globalization;

namespace Recurrent.Demo;

/// <summary>How long a session takes for some audio, call by call, and what it allocates.</summary>
internal sealed class AudioTiming
{
    private readonly double _realTimeFactor;
    private readonly double[] _microseconds;
    private readonly double _availableMicroseconds;

    private AudioTiming(double realTimeFactor, double[] sortedMicroseconds, double available, long allocatedBytes)
    {
        _realTimeFactor = realTimeFactor;
        _microseconds = sortedMicroseconds;
        _availableMicroseconds = available;
        AllocatedBytes = allocatedBytes;
    }

    /// <summary>Calls of a pass.</summary>
    public int Calls => _microseconds.Length;

    /// <summary>Managed bytes, over both measured passes.</summary>
    public long AllocatedBytes { get; }

    /// <summary>Plays the input from the start, in calls of some samples each.</summary>
    /// <param name="session">A session of a model with one input and one output.</param>
    /// <param name="input">The audio.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="block">Samples of a call.</param>
    /// <param name="sampleRate">Samples a second.</param>
    public static AudioTiming Measure(Session session, float[] input, float[] output, int block, int sampleRate)
    {
        long[] times = new long[((input.Length - 1) / block) + 1];
        Play(session, input, output, block);
        long allocated = GC.GetAllocatedBytesForCurrentThread();

        // The whole without a look at the clock in between, which takes as long as a small part of a step; then each call.
        long start = Stopwatch.GetTimestamp();
        Play(session, input, output, block);
        double seconds = (double)(Stopwatch.GetTimestamp() - start) / Stopwatch.Frequency;
        Play(session, input, output, block, times);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return new AudioTiming(
            seconds * sampleRate / input.Length,
            [.. times.Order().Select(time => time * 1e6 / Stopwatch.Frequency)],
            block * 1e6 / sampleRate,
            allocated);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"real-time factor {_realTimeFactor:F4}, {1 / _realTimeFactor:F0} times as fast as it has to be; "
        + $"a call: median {Percentile(0.5):F2} µs, p99.9 {Percentile(0.999):F2} µs, worst {_microseconds[^1]:F1} µs; "
        + $"{_microseconds.Count(time => time > _availableMicroseconds)} of {Calls} took over {_availableMicroseconds:F1} µs");

    private static void Play(Session session, float[] input, float[] output, int block, Span<long> times = default)
    {
        session.Reset();
        long before = 0;
        for (int begin = 0; begin < input.Length; begin += block)
        {
            int length = Math.Min(block, input.Length - begin);
            if (!times.IsEmpty)
            {
                before = Stopwatch.GetTimestamp();
            }

            if (length == 1)
            {
                session.Step(input.AsSpan(begin, 1), output.AsSpan(begin, 1));
            }
            else
            {
                session.Run(input.AsSpan(begin, length), output.AsSpan(begin, length), length);
            }

            if (!times.IsEmpty)
            {
                times[begin / block] = Stopwatch.GetTimestamp() - before;
            }
        }
    }

    private double Percentile(double share) => _microseconds[(int)(share * (_microseconds.Length - 1))];
}
