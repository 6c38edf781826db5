using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>The error of a model beside that of persistence: forecasting that nothing changes.</summary>
/// <param name="Model">Of the model.</param>
/// <param name="Persistence">Of the last value that a window has.</param>
internal readonly record struct ForecastErrors(ForecastError Model, ForecastError Persistence)
{
    /// <summary>Whether repeating the last value is the better forecast.</summary>
    public bool IsWorse => !(Model.MeanSquared <= Persistence.MeanSquared);

    /// <summary>The errors of one feature, or of all together.</summary>
    /// <param name="x">The windows.</param>
    /// <param name="y">What followed, <c>[count, horizon * features]</c>.</param>
    /// <param name="forecasts">What was forecast, likewise.</param>
    /// <param name="train">The training part, <c>[steps, features]</c>.</param>
    /// <param name="feature">The feature; null for all.</param>
    public static ForecastErrors Of(
        Sequences<float> x, float[] y, float[] forecasts, ReadOnlySpan<float> train, int? feature = null)
    {
        int outputs = y.Length / x.Count;
        Sums model = default, persistence = default;
        for (int i = 0; i < y.Length; i++)
        {
            int at = i % outputs % x.Features;
            if (feature is null || at == feature)
            {
                model.Add((double)forecasts[i] - y[i]);
                persistence.Add((double)Last(x, i / outputs, at) - y[i]);
            }
        }

        Sums naive = default;
        for (int i = x.Features; i < train.Length; i++)
        {
            if (feature is null || i % x.Features == feature)
            {
                naive.Add((double)train[i] - train[i - x.Features]);
            }
        }

        return new ForecastErrors(model.Mean(naive), persistence.Mean(naive));
    }

    public static float Last(Sequences<float> x, int row, int feature)
    {
        int last = x.Time - 1;
        while (float.IsNaN(At(last)))
        {
            last--;
        }

        return At(last);

        float At(int step) => x.Values.Span[(((row * x.Time) + step) * x.Features) + feature];
    }

    private struct Sums
    {
        private double _squares;
        private double _absolutes;
        private int _count;

        // Beside a missing value there is no difference to count.
        public void Add(double difference)
        {
            if (!double.IsNaN(difference))
            {
                _squares += difference * difference;
                _absolutes += Math.Abs(difference);
                _count++;
            }
        }

        public readonly ForecastError Mean(Sums naive) =>
            new(_squares / _count, _absolutes / _count, naive._absolutes / naive._count);
    }
}
