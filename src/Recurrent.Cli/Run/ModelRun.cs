using System.Diagnostics;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Models;

namespace Recurrent.Cli.Run;

/// <summary>Computes an input call by call, and times the calls.</summary>
internal static class ModelRun
{
    // Enough for the first call not to be a cold one; all of a long recording would be computed twice.
    private const int WarmupSteps = 4096;

    // Telling the terminal takes longer than many a call.
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Computes the whole input.</summary>
    /// <param name="request">What is computed.</param>
    /// <param name="progress">Is told now and then how many calls are done.</param>
    public static RunResult Compute(RunRequest request, Action<int> progress)
    {
        using RecurrentModel model =
            RecurrentModel.Create(request.Model, new ModelOptions { InstructionSet = request.InstructionSet });
        using Session session =
            model.OpenSession(new SessionOptions { Batch = request.Input.Batch, Threads = request.Threads });
        var output = new float[ArraySize.Of(request.OutputTime, request.Input.Batch, model.OutputSize)];
        session.Warmup(Math.Clamp(Math.Min(request.BlockLength, request.Input.Time), 1, WarmupSteps));
        if (request.Calls > 1)
        {
            // What comes first is slower than what follows, and is computed twice so that it does not count.
            Call(session, request, 0, output);
            session.Reset();
        }

        return Compute(session, request, output, progress);
    }

    private static RunResult Compute(Session session, RunRequest request, float[] output, Action<int> progress)
    {
        var histogram = new LatencyHistogram(1);
        long total = 0;
        long reported = Stopwatch.GetTimestamp();
        int worst = 0;
        double nanosecondsPerTick = 1e9 / Stopwatch.Frequency;
        for (int call = 0; call < request.Calls; call++)
        {
            long start = Stopwatch.GetTimestamp();
            Call(session, request, call, output);
            long now = Stopwatch.GetTimestamp();
            total += now - start;
            double longest = histogram.Maximum;
            histogram.Add((long)((now - start) * nanosecondsPerTick), start);
            worst = histogram.Maximum > longest ? call : worst;
            if (Stopwatch.GetElapsedTime(reported, now) > ReportInterval)
            {
                reported = now;
                progress(call + 1);
            }
        }

        return new RunResult(
            output, histogram, Stopwatch.GetElapsedTime(0, total), worst, session.Model.InstructionSet);
    }

    private static void Call(Session session, RunRequest request, int call, float[] output)
    {
        int from = call * request.BlockLength;
        int count = Math.Min(request.BlockLength, request.Input.Time - from);
        int stepOutput = request.Input.Batch * session.Model.OutputSize;
        Span<float> y = request.PutsOutOneStep ? output : output.AsSpan(from * stepOutput, count * stepOutput);
        if (request.Mode == RunMode.Stream)
        {
            session.Step(request.Input, from, y);
        }
        else
        {
            session.Run(request.Input, from, count, y, request.Lengths);
        }
    }
}
