using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Recurrent.Cli.Bench;

/// <summary>
/// What this machine can do at most with an instruction set and a number of threads, measured now. bench/limits
/// measures the same natively.
/// </summary>
/// <param name="GigaFlops">fp32 multiply-adds that last, 10^9 operations a second, all threads together.</param>
/// <param name="Reads">10^9 bytes a second that vector loads read from each level, all threads together.</param>
internal sealed record MachineRates(double GigaFlops, IReadOnlyList<(MemoryLevel Level, double Bandwidth)> Reads)
{
    // Of reads the best of many short samples counts, because a limit is what the machine can do: one that is short
    // enough is not interrupted even on a busy machine. A pass over a buffer in memory is longer, and gets fewer of them.
    private const double SampleSeconds = 1e-3;
    private const int MostSamples = 50;
    private const int FewestSamples = 8;

    // The multiply-add rate is not the best of anything: after milliseconds of wide multiply-adds a processor may lower
    // its clock, and who computes for longer lives with that. So the first half of these settles the clock, and the
    // median of the second counts.
    private const int LastingSamples = 300;

    /// <summary>The bandwidth of the nearest level that holds so many bytes.</summary>
    public double BandwidthFor(double bytes) => Reads.First(read => bytes <= read.Level.Holds).Bandwidth;

    public static MachineRates Measure(InstructionSet isa, int threads)
    {
        RateProbe probe = RateProbe.For(isa);
        return new MachineRates(
            MultiplyAdds(probe, threads),
            [.. MemoryLevel.For(threads).Select(level => (level, Bandwidth(probe, threads, level.ProbeBytes)))]);
    }

    private static double MultiplyAdds(RateProbe probe, int threads)
    {
        const int Trial = 10_000;
        double trial = Samples(1, 3, _ => probe.MultiplyAdd(Trial)).Min();
        int rounds = (int)Math.Max(Trial, Trial * SampleSeconds / trial);
        // Threads above the processors take turns, which makes a sample so many times longer.
        int samples = LastingSamples * Math.Min(threads, Machine.Processors) / threads;
        List<double> settled = Samples(threads, Math.Max(FewestSamples, samples), _ => probe.MultiplyAdd(rounds));
        settled.RemoveRange(0, settled.Count / 2);
        settled.Sort();
        return 1e-9 * rounds * probe.OperationsPerRound * threads / settled[settled.Count / 2];
    }

    private static unsafe double Bandwidth(RateProbe probe, int threads, long bytes)
    {
        var buffers = new nint[threads];
        try
        {
            for (int i = 0; i < threads; i++)
            {
                buffers[i] = (nint)NativeMemory.AlignedAlloc((nuint)bytes, 4096);
                // Untouched pages would all read the same page of zeros.
                NativeMemory.Fill((void*)buffers[i], (nuint)bytes, 1);
            }

            int passes = PassesFor(
                SampleSeconds,
                count => Samples(1, 2, _ => probe.Read((byte*)buffers[0], (nint)bytes, count)).Min(),
                out double pass);
            int samples = (int)Math.Clamp(MostSamples * SampleSeconds / pass, FewestSamples, MostSamples);
            double seconds = Samples(
                threads, samples, thread => probe.Read((byte*)buffers[thread], (nint)bytes, passes)).Min();
            return 1e-9 * bytes * passes * threads / seconds;
        }
        finally
        {
            foreach (nint buffer in buffers)
            {
                NativeMemory.AlignedFree((void*)buffer);
            }
        }
    }

    /// <summary>How many passes take so long, and the seconds of one.</summary>
    /// <remarks>
    /// A pass over a small cache can be shorter than what a clock can tell, so passes are doubled until they take a good part of
    /// the time.
    /// </remarks>
    /// <param name="seconds">How long they are to take.</param>
    /// <param name="measure">The seconds of so many passes.</param>
    /// <param name="pass">Receives the seconds of one.</param>
    internal static int PassesFor(double seconds, Func<int, double> measure, out double pass)
    {
        const int Most = 1 << 24;
        int passes = 1;
        double taken = measure(passes);
        while (taken < seconds / 4 && passes < Most)
        {
            passes *= 2;
            taken = measure(passes);
        }

        pass = Math.Max(taken / passes, seconds / Most);
        return (int)Math.Clamp(seconds / pass, 1, Most);
    }

    /// <summary>The seconds in which all threads, started together, have done their work, sample by sample.</summary>
    private static List<double> Samples(int threads, int samples, Func<int, float> work)
    {
        var slowest = new List<double>(samples);
        var seconds = new double[threads];
        using var gate = new Barrier(threads, _ => slowest.Add(seconds.Max()));
        void Run(int thread)
        {
            for (int i = 0; i < samples; i++)
            {
                long start = Stopwatch.GetTimestamp();
                work(thread);
                seconds[thread] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                gate.SignalAndWait();
            }
        }

        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(thread => new Thread(() => Run(thread)))];
        foreach (Thread other in others)
        {
            other.Start();
        }

        Run(0);
        foreach (Thread other in others)
        {
            other.Join();
        }

        return slowest;
    }
}
