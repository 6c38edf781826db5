using System.CommandLine;
using System.Diagnostics;
using Recurrent.Plots;

namespace Recurrent.Streams;

/// <summary>
/// Does waiting for a batch pay? Steps arrive at random (a Poisson process) at one worker, which takes them by one rule or another; how
/// long a call of so many rows takes has been measured here before.
/// </summary>
internal static class BatchingCommand
{
    private const int MaxRows = 48;
    private const int Arrivals = 400_000;

    private static readonly int[] Shown = [1, 2, 4, 8, 48];

    private static readonly Rule[] Rules =
    [
        new("takes what waits, at most 48 rows", 1, 0),
        new("waits for 8 rows or 100 µs", 8, 100e3),
        new("waits for 48 rows or 500 µs", 48, 500e3),
    ];

    public static Command Create()
    {
        Option<int> hidden = Options.Hidden(128);
        Option<string> plot = new("--plot") { Description = "a file for the plot, .svg or .png" };
        Command command = new("batching", "Whether waiting for a batch pays: a simulation with measured times of calls.")
        {
            hidden, plot,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(hidden), parsed.GetValue(plot)));
        return command;
    }

    private static void Run(int hidden, string? plot)
    {
        double[] calls = Measure(hidden);
        double capacity = MaxRows / calls[MaxRows];
        Console.WriteLine($"LSTM {hidden}: ns for a row in a call of 1, 2, 4, 8, 48: "
            + string.Join(", ", Shown.Select(rows => $"{calls[rows] / rows:F0}")));
        Console.WriteLine($"{"load",-6}" + string.Concat(Rules.Select(rule => $"{rule.Name,-38}")));
        double[] loads = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
        double[][] tails = [.. Rules.Select(_ => new double[loads.Length])];
        double[][] medians = [.. Rules.Select(_ => new double[loads.Length])];
        for (int i = 0; i < loads.Length; i++)
        {
            for (int rule = 0; rule < Rules.Length; rule++)
            {
                (medians[rule][i], tails[rule][i]) = Simulate(Rules[rule], calls, loads[i] * capacity);
            }

            Console.WriteLine($"{loads[i],-6:P0}" + string.Concat(Enumerable.Range(0, Rules.Length).Select(
                rule => $"{$"p50 {medians[rule][i]:F0} µs, p99 {tails[rule][i]:F0} µs",-38}")));
        }

        if (plot is null)
        {
            return;
        }

        Chart chart = new(
            $"Waiting for a batch: a step of LSTM {hidden} from its arrival to its output, 99th percentile",
            new PlotAxis("load", "% of what one worker can compute"),
            new PlotAxis("time", "µs") { IsLogarithmic = true });
        for (int rule = 0; rule < Rules.Length; rule++)
        {
            chart = chart.Line(Rules[rule].Name, [.. loads.Select(load => 100 * load)], tails[rule]);
        }

        chart.Save(plot);
    }

    // Nanoseconds of a call of so many rows: the median.
    private static double[] Measure(int hidden)
    {
        using RecurrentModel model = RecurrentModel.Create(BenchModel.Lstm(hidden));
        using StreamPool pool = model.OpenPool(MaxRows);
        StreamId[] ids = [.. Enumerable.Range(0, MaxRows).Select(_ => pool.Open())];
        float[] x = new float[MaxRows * hidden];
        float[] y = new float[MaxRows * hidden];
        BenchModel.Fill(x, 0, 0);
        double[] calls = new double[MaxRows + 1];
        for (int rows = 1; rows <= MaxRows; rows++)
        {
            List<double> times = [];
            for (int round = 0; round < 300; round++)
            {
                long begin = Stopwatch.GetTimestamp();
                pool.Step(ids.AsSpan(0, rows), x.AsSpan(0, rows * hidden), y.AsSpan(0, rows * hidden));
                times.Add(Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
            }

            times.Sort();
            calls[rows] = times[times.Count / 2];
        }

        return calls;
    }

    // Times from a step's arrival to the end of its call, in microseconds.
    private static (double Median, double Tail) Simulate(Rule rule, double[] calls, double rate)
    {
        Random random = new(1);
        double[] arrivals = new double[Arrivals];
        double now = 0;
        for (int i = 0; i < Arrivals; i++)
        {
            now += -Math.Log(1 - random.NextDouble()) / rate;
            arrivals[i] = now;
        }

        double[] times = new double[Arrivals];
        double free = 0;
        for (int first = 0; first < Arrivals;)
        {
            // The worker begins when it is free and the rule is content: enough rows, or the first one has waited long enough.
            double enough = arrivals[Math.Min(first + rule.Rows - 1, Arrivals - 1)];
            double begin = Math.Max(free, Math.Min(enough, arrivals[first] + rule.Wait));
            int last = first;
            while (last + 1 < Arrivals && last + 1 - first < MaxRows && arrivals[last + 1] <= begin)
            {
                last++;
            }

            free = begin + calls[last - first + 1];
            for (; first <= last; first++)
            {
                times[first] = (free - arrivals[first]) / 1000;
            }
        }

        Array.Sort(times);
        return (times[Arrivals / 2], times[(int)(Arrivals * 0.99)]);
    }

    private readonly record struct Rule(string Name, int Rows, double Wait);
}
