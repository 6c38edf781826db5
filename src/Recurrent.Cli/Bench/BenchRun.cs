using System.Diagnostics;

namespace Recurrent.Cli.Bench;

/// <summary>Measures a workload: candidates in turns, then the recommended one at length.</summary>
internal static class BenchRun
{
    /// <summary>Turns of each candidate.</summary>
    public const int Rounds = 5;

    // What the control's length is taken from.
    private const int CalibrationTurns = 5;

    private static readonly TimeSpan CandidateTurn = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan LatencyTurn = TimeSpan.FromMilliseconds(20);

    // A session's threads spin for a while after a call; they must not take the next candidate's processor.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(5);

    /// <summary>Turns that a measurement has, for its progress.</summary>
    public static int Turns(BenchRequest request, IReadOnlyList<Candidate> candidates) =>
        (Rounds * candidates.Count) + CalibrationTurns + LatencyTurns(request);

    /// <summary>Measures.</summary>
    /// <param name="request">How long, and what a sample is.</param>
    /// <param name="workload">What is measured.</param>
    /// <param name="candidates">What is tried first.</param>
    /// <param name="progress">Is told how many turns are done, between two of them.</param>
    public static BenchReport Measure(
        BenchRequest request, Workload workload, IReadOnlyList<Candidate> candidates, Action<int> progress)
    {
        int done = 0;
        void Advance() => progress(++done);
        IReadOnlyList<CandidateResult> tried = Compare(workload, candidates, Advance);
        CandidateResult recommended = CandidateResult.Recommend(tried);
        using SessionCall call = new(workload, recommended.Candidate);
        int suggested = Sampler.WarmUp(call);
        int block = request.Block ?? suggested;
        var latencies = new LatencyHistogram(block);
        var control = new LatencyHistogram(block);
        // Rates are measured right before and so under the same conditions as what is held against them.
        MachineRates rates = MachineRates.Measure(recommended.Candidate.InstructionSet, recommended.Candidate.Threads);
        long begin = Sample(call, LatencyTurns(request), latencies, control, Advance);
        return new BenchReport
        {
            Workload = workload,
            Tried = tried,
            Recommended = recommended,
            Latencies = latencies,
            Control = control,
            Begin = begin,
            Rates = rates,
            PackedBytes = call.PackedBytes,
            PaddedBytes = workload.PaddedBytes(RateProbe.For(recommended.Candidate.InstructionSet).Lanes),
            PackingTime = call.PackingTime,
        };
    }

    private static int LatencyTurns(BenchRequest request) =>
        (int)Math.Max(1, TimeSpan.FromSeconds(request.Seconds) / (2 * LatencyTurn));

    private static IReadOnlyList<CandidateResult> Compare(
        Workload workload, IReadOnlyList<Candidate> candidates, Action advance)
    {
        var calls = new List<SessionCall>();
        try
        {
            calls.AddRange(candidates.Select(candidate => new SessionCall(workload, candidate)));
            LatencyHistogram[] histograms = [.. calls.Select(call => new LatencyHistogram(Sampler.WarmUp(call)))];
            var medians = calls.ConvertAll(_ => new List<double>());
            for (int round = 0; round < Rounds; round++)
            {
                for (int i = 0; i < calls.Count; i++)
                {
                    histograms[i].Clear();
                    Sampler.Turn(calls[i], CandidateTurn, histograms[i]);
                    medians[i].Add(1e-3 * histograms[i].Percentile(0.5));
                    advance();
                    Thread.Sleep(Settling);
                }
            }

            return [.. calls.Zip(medians, (call, all) => new CandidateResult(call.Candidate, Median(all), call.Way))];
        }
        finally
        {
            calls.ForEach(call => call.Dispose());
        }
    }

    // Call and control take turns, so that both meet the same other work. Returns when the samples that count begin.
    private static long Sample(
        SessionCall call, int turns, LatencyHistogram latencies, LatencyHistogram control, Action advance)
    {
        for (int turn = 0; turn < CalibrationTurns; turn++)
        {
            Sampler.Turn(call, LatencyTurn, latencies);
            advance();
        }

        var loop = new EmptyLoop(latencies.Percentile(0.5));
        Sampler.Turn(loop, LatencyTurn, control);
        latencies.Clear();
        control.Clear();
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < turns; i++)
        {
            Sampler.Turn(call, LatencyTurn, latencies);
            Sampler.Turn(loop, LatencyTurn, control);
            advance();
        }

        return begin;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
