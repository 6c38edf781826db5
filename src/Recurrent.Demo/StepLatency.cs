using System.Diagnostics;
using System.Globalization;

namespace Recurrent.Demo;

/// <summary>How long a step takes, and what it allocates.</summary>
/// <remarks>
/// Reading the clock takes tens of nanoseconds, so steps below 1 µs are timed in blocks of 32. Percentiles are then
/// those of a block's mean, which smooths single late steps.
/// </remarks>
internal sealed class StepLatency
{
    private const int Samples = 20_000;
    private const int BlockSteps = 32;

    private readonly double[] _nanoseconds;
    private readonly int _stepsPerSample;

    private StepLatency(double[] sortedNanoseconds, int stepsPerSample, double allocatedBytesPerStep)
    {
        _nanoseconds = sortedNanoseconds;
        _stepsPerSample = stepsPerSample;
        AllocatedBytesPerStep = allocatedBytesPerStep;
    }

    /// <summary>Managed bytes, over all measured steps.</summary>
    public double AllocatedBytesPerStep { get; }

    /// <summary>Steps through the inputs over and over.</summary>
    public static StepLatency Measure(Session session, float[] inputs)
    {
        // The first pass warms up and tells which way to time.
        var samples = new double[Samples];
        Fill(samples, session, inputs, BlockSteps);
        Array.Sort(samples);
        int block = samples[Samples / 2] < 1000 ? BlockSteps : 1;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Fill(samples, session, inputs, block);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(samples);
        return new StepLatency(samples, block, (double)allocated / ((long)Samples * block));
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string how = _stepsPerSample == 1
            ? "single steps"
            : $"blocks of {_stepsPerSample} steps, which are too short to be timed alone";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"median {Percentile(0.5):F0} ns, p99 {Percentile(0.99):F0} ns, p99.9 {Percentile(0.999):F0} ns a step "
            + $"({Samples} samples: {how})");
    }

    private static void Fill(double[] samples, Session session, float[] inputs, int steps)
    {
        Span<float> output = stackalloc float[1];
        int next = 0;
        for (int sample = 0; sample < samples.Length; sample++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < steps; i++)
            {
                session.Step(inputs.AsSpan(next, 1), output);
                next = next + 1 == inputs.Length ? 0 : next + 1;
            }

            samples[sample] = (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency / steps;
        }
    }

    private double Percentile(double share) => _nanoseconds[(int)(share * (_nanoseconds.Length - 1))];
}
