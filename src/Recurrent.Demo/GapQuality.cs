using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Demo;

/// <summary>
/// What may be done about missing values, beside each other: the sunspots with gaps that a seed makes, filled in every way,
/// and the error of a forecaster that is trained on each. It is judged by the last fifth, which does not have gaps.
/// </summary>
internal static class GapQuality
{
    private const int Seeds = 10;
    private const int Units = 20;
    private const int Epochs = 100;
    private const ulong GapSeed = 7;
    private const int LongestGap = 5;
    private const double ShareOfGaps = 0.06;

    public static void Run(SunspotTask task)
    {
        float[] whole = task.Scaler.Transform(task.Train);
        float[] gaps = WithGaps(whole);
        Console.WriteLine(
            $"The same with gaps of 1 to {LongestGap} years, {gaps.Count(float.IsNaN)} of {gaps.Length} values missing (seed "
            + $"{GapSeed}), LSTM, {Seeds} seeds: RMSE of the filled values; median MSE of the last fifth");
        Report(task, "no gaps", whole, whole, gaps);
        Report(task, "mean", MissingValues.Fill<float>(gaps, gaps, FillStatistic.Mean), whole, gaps);
        Report(task, "median", MissingValues.Fill<float>(gaps, gaps, FillStatistic.Median), whole, gaps);
        Report(task, "mode", MissingValues.Fill<float>(gaps, gaps, FillStatistic.Mode), whole, gaps);
        Report(task, "previous", MissingValues.FillWithPrevious<float>(gaps), whole, gaps);
        Report(task, "mask", gaps, whole, gaps);
        Report(task, "predicted", MissingValues.FillWithPredictions(gaps, gaps), whole, gaps);
    }

    private static float[] WithGaps(float[] series)
    {
        SeededRandom random = new(GapSeed);
        float[] gaps = [.. series];
        for (int i = SunspotTask.Window; i < gaps.Length; i++)
        {
            if (random.NextDouble() < ShareOfGaps)
            {
                int length = 1 + (int)(random.NextDouble() * LongestGap);
                gaps.AsSpan(i, Math.Min(length, gaps.Length - i)).Fill(float.NaN);
                i += length;
            }
        }

        return gaps;
    }

    private static void Report(SunspotTask task, string name, float[] filled, float[] whole, float[] gaps)
    {
        bool masked = filled.Contains(float.NaN);
        double[] errors = [.. Enumerable.Range(1, Seeds).Select(seed => TestError(task, filled, masked, (ulong)seed)).Order()];
        double[] squares =
        [
            .. Enumerable.Range(0, gaps.Length).Where(i => float.IsNaN(gaps[i]))
                .Select(i => Math.Pow((double)filled[i] - whole[i], 2)),
        ];
        string fill = masked ? "     -" : $"{Math.Sqrt(squares.Average()):F4}";
        Console.WriteLine($"{name,-10} {fill}  {(errors[(Seeds / 2) - 1] + errors[Seeds / 2]) / 2:F4}, {errors[0]:F4} to {errors[^1]:F4}");
    }

    private static double TestError(SunspotTask task, float[] series, bool masked, ulong seed)
    {
        (Sequences<float> x, Targets<float> y) = Windows(series);
        using TrainableModel<float> model = new Sequential(inputSize: 1, seed).Lstm(Units).Dense(1)
            .ToModel(ModelOutput.LastStep, masked ? new Masking() : null);
        model.Compile(new Adam(1e-3, epsilon: 1e-7), new MeanSquaredError());
        model.Fit(x, y, new FitOptions<float> { Epochs = Epochs, BatchSize = 32, Seed = seed });
        return model.Evaluate(task.TestX, task.TestY)["loss"];
    }

    // Windows with a value and a year after them that is known.
    private static (Sequences<float> X, Targets<float> Y) Windows(float[] series)
    {
        (Sequences<float> x, Targets<float> y) = TimeSeries.Windows<float>(series, SunspotTask.Window);
        float[] values = x.Values.ToArray();
        float[] targets = y.Values.ToArray();
        int[] kept =
        [
            .. Enumerable.Range(0, x.Count).Where(i => !float.IsNaN(targets[i])
                && !values.AsSpan(i * SunspotTask.Window, SunspotTask.Window).ToArray().All(float.IsNaN)),
        ];
        float[] inputs = [.. kept.SelectMany(i => values.AsSpan(i * SunspotTask.Window, SunspotTask.Window).ToArray())];
        return (Sequences.Of<float>(inputs, kept.Length, 1), kept.Select(i => targets[i]).ToArray());
    }
}
