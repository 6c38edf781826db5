using System.Diagnostics;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Models;

namespace Recurrent.Cli.Run;

/// <summary>Computes an input call by call, and times the calls.</summary>
internal static class ModelRun
{
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
        session.Warmup();
        int stepOutput = request.Input.Batch * model.OutputSize;
        var output = new float[checked(request.OutputTime * stepOutput)];
        var histogram = new LatencyHistogram(1);
        long total = 0;
        long reported = Stopwatch.GetTimestamp();
        int worst = 0;
        double nanosecondsPerTick = 1e9 / Stopwatch.Frequency;
        for (int call = 0; call < request.Calls; call++)
        {
            int from = call * request.BlockLength;
            int count = Math.Min(request.BlockLength, request.Input.Time - from);
            Span<float> y = request.PutsOutOneStep
                ? output
                : output.AsSpan(from * stepOutput, count * stepOutput);
            long start = Stopwatch.GetTimestamp();
            if (request.Mode == RunMode.Stream)
            {
                session.Step(request.Input, from, y);
            }
            else
            {
                session.Run(request.Input, from, count, y, request.Lengths);
            }

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
            output, histogram, Stopwatch.GetElapsedTime(0, total), worst, model.InstructionSet);
    }
}
