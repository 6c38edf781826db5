using System.Diagnostics;
using Recurrent.Cli.Models;

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

        var times = new RunTimes();
        Pass(session, request, output, times, progress);
        if (times.Microseconds < LongPass.TotalMicroseconds)
        {
            Repeat(session, request, output, new RunTimes(), WarmUpTime);
            times = new RunTimes();
            Repeat(session, request, output, times, MeasuredTime);
        }

        return new RunResult(output, times, session.Model.InstructionSet);
    }

    private static void Repeat(Session session, RunRequest request, float[] output, RunTimes times, TimeSpan length)
    {
        long begin = Stopwatch.GetTimestamp();
        do
        {
            session.Reset();
            Pass(session, request, output, times, static _ => { });
        }
        while (Stopwatch.GetElapsedTime(begin) < length);
    }

    private static void Pass(
        Session session, RunRequest request, float[] output, RunTimes times, Action<int> progress)
    {
        long total = 0;
        long reported = Stopwatch.GetTimestamp();
        for (int call = 0; call < request.Calls; call++)
        {
            long start = Stopwatch.GetTimestamp();
            Call(session, request, call, output);
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
