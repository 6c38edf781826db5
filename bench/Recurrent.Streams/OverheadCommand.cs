using System.CommandLine;
using System.Diagnostics;
using Recurrent.Serving;

namespace Recurrent.Streams;

/// <summary>What an asynchronous step costs beside a synchronous one.</summary>
internal static class OverheadCommand
{
    public static Command Create()
    {
        Option<int> hidden = Options.Hidden();
        Option<int> streams = Options.Of("--streams", 256, "streams that take steps at the same time");
        Option<int> rounds = Options.Of("--rounds", 9, "rounds, in turn");
        Command command = new("overhead", "The cost of an asynchronous step beside a synchronous one of the same pool.")
        {
            hidden, streams, rounds,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(hidden), parsed.GetRequiredValue(streams), parsed.GetRequiredValue(rounds)));
        return command;
    }

    private static void Run(int hidden, int count, int rounds)
    {
        const int rows = 48;
        int steps = Math.Max(20_000_000 / hidden / hidden / count, 1) * 20;
        using RecurrentModel model = RecurrentModel.Create(BenchModel.Lstm(hidden));
        using StreamPool pool = model.OpenPool(2 * count);
        using StreamServer server = new(pool, new StreamServerOptions { MaxRows = rows });
        LiveStream[] live = [.. Enumerable.Range(0, count).Select(_ => server.Open())];
        StreamId[] ids = [.. Enumerable.Range(0, count).Select(_ => pool.Open())];
        float[] x = new float[count * hidden];
        float[] y = new float[count * hidden];
        BenchModel.Fill(x, 0, 0);

        Figures synchronous = new();
        Figures asynchronous = new();
        Figures oneByOne = new();
        double mean = 0;
        for (int round = -1; round < rounds; round++)
        {
            Figure call = Measure(count * (long)steps, () =>
            {
                for (int step = 0; step < steps; step++)
                {
                    for (int i = 0; i < count; i += rows)
                    {
                        int block = Math.Min(rows, count - i);
                        pool.Step(
                            ids.AsSpan(i, block), x.AsSpan(i * hidden, block * hidden), y.AsSpan(i * hidden, block * hidden));
                    }
                }
            });
            StreamServerStatistics before = server.Statistics;
            Figure front = Measure(count * (long)steps, () => Task.WaitAll([.. live.Select((stream, i) => Task.Run(async () =>
            {
                for (int step = 0; step < steps; step++)
                {
                    await stream.StepAsync(x.AsMemory(i * hidden, hidden), y.AsMemory(i * hidden, hidden)).ConfigureAwait(false);
                }
            }))]));
            StreamServerStatistics after = server.Statistics;
            Figure single = Measure(steps, () =>
            {
                for (int step = 0; step < steps; step++)
                {
                    pool.Step(ids.AsSpan(0, 1), x.AsSpan(0, hidden), y.AsSpan(0, hidden));
                }
            });
            if (round >= 0)
            {
                synchronous.Add(call);
                asynchronous.Add(front);
                oneByOne.Add(single);
                mean = (after.Steps - before.Steps) / (double)(after.Calls - before.Calls);
            }
        }

        Console.WriteLine($"LSTM {hidden}, {count} streams, {steps} steps each a round, {rounds} rounds in turn; medians for a step");
        Console.WriteLine("                       wall ns    processor ns    bytes");
        Console.WriteLine($"pool, {rows} a call       {synchronous.Text}");
        Console.WriteLine($"pool, 1 a call        {oneByOne.Text}");
        Console.WriteLine($"server                {asynchronous.Text}    {mean:F1} rows a call");
        Console.WriteLine(
            $"server over pool      {asynchronous.Wall - synchronous.Wall,8:F0}    {asynchronous.Processor - synchronous.Processor,12:F0}");
    }

    private static Figure Measure(long steps, Action action)
    {
        using Process process = Process.GetCurrentProcess();
        GC.Collect();
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        process.Refresh();
        TimeSpan processor = process.TotalProcessorTime;
        long begin = Stopwatch.GetTimestamp();
        action();
        TimeSpan wall = Stopwatch.GetElapsedTime(begin);
        process.Refresh();
        return new Figure(
            wall.TotalNanoseconds / steps,
            (process.TotalProcessorTime - processor).TotalNanoseconds / steps,
            (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)steps);
    }

    private readonly record struct Figure(double Wall, double Processor, double Bytes);

    private sealed class Figures
    {
        private readonly List<Figure> _all = [];

        public double Wall => Median(figure => figure.Wall);

        public double Processor => Median(figure => figure.Processor);

        public string Text => $"{Wall,8:F0}    {Processor,12:F0}    {Median(figure => figure.Bytes),5:F1}";

        public void Add(Figure figure) => _all.Add(figure);

        private double Median(Func<Figure, double> value) => _all.Select(value).Order().ElementAt(_all.Count / 2);
    }
}
