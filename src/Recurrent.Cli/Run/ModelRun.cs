using System.Diagnostics;
using Recurrent.Cli.Models;
using Recurrent.Layers;

namespace Recurrent.Cli.Run;

/// <summary>Computes an input call by call, and times the calls.</summary>
internal static class ModelRun
{
    // Enough for the first call not to be a cold one; all of a long recording would be computed twice.
    private const int WarmupSteps = 4096;

    // A pass that takes so long is measured as it is: what its first calls cost more is little of it.
    private static readonly TimeSpan LongPass = TimeSpan.FromMilliseconds(250);

    // Shorter passes are repeated: until the runtime has compiled what it calls often for speed, and then to be measured.
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MeasuredTime = TimeSpan.FromMilliseconds(100);

    // Telling the terminal takes longer than many a call.
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Computes the whole input, and again while that is short, so that its time is not that of a first call.</summary>
    /// <param name="request">What is computed.</param>
    /// <param name="progress">Is told now and then how many calls of the first pass are done.</param>
    public static RunResult Compute(RunRequest request, Action<int> progress)
    {
        using RecurrentModel model = RecurrentModel.Create(
            request.Model, request.Formats with { InstructionSet = request.InstructionSet });
        using Session session =
            model.OpenSession(new SessionOptions { Batch = request.Input.Batch, Threads = request.Threads });
        float[][] output =
        [
            .. request.Model.Outputs.Select((one, index) =>
                new float[ArraySize.Of(request.OutputTimeOf(index), request.Input.Batch, one.Size)]),
        ];
        var feed = new SessionInput(session, request.Input);
        session.Warmup(Math.Clamp(Math.Min(request.BlockLength, request.Input.Time), 1, WarmupSteps));
        if (request.Calls > 1)
        {
            // What comes first is slower than what follows, and is computed twice so that it does not count.
            Call(feed, request, 0, output, new OutputBuffer<float>[output.Length]);
            session.Reset();
        }

        var times = new RunTimes();
        Pass(feed, request, output, times, progress);
        if (times.Microseconds < LongPass.TotalMicroseconds)
        {
            Repeat(session, feed, request, output, new RunTimes(), WarmUpTime);
            times = new RunTimes();
            Repeat(session, feed, request, output, times, MeasuredTime);
        }

        return new RunResult(output, times, session.Model.InstructionSet);
    }

    private static void Repeat(
        Session session, SessionInput feed, RunRequest request, float[][] output, RunTimes times, TimeSpan length)
    {
        long begin = Stopwatch.GetTimestamp();
        do
        {
            session.Reset();
            Pass(feed, request, output, times, static _ => { });
        }
        while (Stopwatch.GetElapsedTime(begin) < length);
    }

    private static void Pass(
        SessionInput feed, RunRequest request, float[][] output, RunTimes times, Action<int> progress)
    {
        var piece = new OutputBuffer<float>[output.Length];
        long total = 0;
        long reported = Stopwatch.GetTimestamp();
        for (int call = 0; call < request.Calls; call++)
        {
            long start = Stopwatch.GetTimestamp();
            Call(feed, request, call, output, piece);
            long now = Stopwatch.GetTimestamp();
            total += now - start;
            times.Add(call, start, now);
            if (Stopwatch.GetElapsedTime(reported, now) > ReportInterval)
            {
                reported = now;
                progress(call + 1);
            }
        }

        times.AddPass(total);
    }

    private static void Call(
        SessionInput feed, RunRequest request, int call, float[][] output, OutputBuffer<float>[] piece)
    {
        int from = call * request.BlockLength;
        int count = Math.Min(request.BlockLength, request.Input.Time - from);
        for (int i = 0; i < output.Length; i++)
        {
            int step = request.Input.Batch * request.Model.Outputs[i].Size;
            Memory<float> values = request.IsOfWholeCall(i) ? output[i] : output[i].AsMemory(from * step, count * step);
            piece[i] = new OutputBuffer<float>(request.Model.Outputs[i].Name, values);
        }

        if (request.Mode == RunMode.Stream)
        {
            feed.Step(from, piece);
        }
        else
        {
            feed.Run(from, count, piece, request.Lengths);
        }
    }
}
