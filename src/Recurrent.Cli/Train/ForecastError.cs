using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>Mean squared errors of forecasts, and of forecasting no change.</summary>
/// <param name="Model">Of the model.</param>
/// <param name="Persistence">Of the last value that a window has.</param>
internal readonly record struct ForecastError(double Model, double Persistence)
{
    /// <summary>The errors of one feature, or of all together.</summary>
    /// <param name="x">The windows.</param>
    /// <param name="y">What followed, <c>[count, horizon * features]</c>.</param>
    /// <param name="forecasts">What was forecast, likewise.</param>
    /// <param name="feature">The feature; null for all.</param>
    public static ForecastError Of(Sequences<float> x, float[] y, float[] forecasts, int? feature = null)
    {
        int outputs = y.Length / x.Count;
        double model = 0;
        double persistence = 0;
        int values = 0;
        for (int i = 0; i < y.Length; i++)
        {
            int at = i % outputs % x.Features;
            if (feature is null || at == feature)
            {
                model += Square((double)forecasts[i] - y[i]);
                persistence += Square((double)Last(x, i / outputs, at) - y[i]);
                values++;
            }
        }

        return new ForecastError(model / values, persistence / values);
    }

    private static float Last(Sequences<float> x, int row, int feature)
    {
        int last = x.Time - 1;
        while (float.IsNaN(At(last)))
        {
            last--;
        }

        return At(last);

        float At(int step) => x.Values.Span[(((row * x.Time) + step) * x.Features) + feature];
    }

    private static double Square(double value) => value * value;
}
