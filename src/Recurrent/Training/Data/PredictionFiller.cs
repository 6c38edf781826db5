namespace Recurrent.Training;

/// <summary>
/// Fills missing values, which are NaN, with predictions: one small LSTM predicts a step from those before it, another one
/// from those after it. Both are fitted on what is there of a training part, and nothing else. Computes natively.
/// </summary>
/// <remarks>
/// Within a gap of n steps the predictions from before and from after are mixed: at its step k, counted from 0, with the
/// weights (n - k) / (n + 1) and (k + 1) / (n + 1). At the beginning of a series there is only the one from after, at its
/// end only the one from before. Not safe for several threads at once.
/// </remarks>
public sealed class PredictionFiller : IDisposable
{
    private readonly SeriesScaler<float> _scaler;
    private readonly GapForecaster _fromBefore;
    private readonly GapForecaster _fromAfter;

    private PredictionFiller(SeriesScaler<float> scaler, GapForecaster fromBefore, GapForecaster fromAfter)
    {
        (_scaler, _fromBefore, _fromAfter) = (scaler, fromBefore, fromAfter);
    }

    /// <summary>Features of a step.</summary>
    public int Features => _scaler.Features;

    /// <summary>Fits both forecasters.</summary>
    /// <param name="train">The training part, <c>[steps, features]</c>; missing values are NaN.</param>
    /// <param name="features">Features of a step.</param>
    /// <param name="options">The forecasters; null for the defaults.</param>
    /// <returns>The filler; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">
    /// There is not a whole number of steps, a feature without any value, or no step with all values that has another one
    /// within a window beside it.
    /// </exception>
    public static PredictionFiller Fit(
        ReadOnlySpan<float> train, int features = 1, PredictionFillerOptions? options = null)
    {
        options ??= new PredictionFillerOptions();
        SeriesScaler<float> scaler = SeriesScalers.MinMax(train, features);
        float[] scaled = scaler.Transform(train);
        var fromBefore = new GapForecaster(scaled, features, options);
        try
        {
            return new PredictionFiller(
                scaler, fromBefore, new GapForecaster(Reversed(scaled, features), features, options));
        }
        catch
        {
            fromBefore.Dispose();
            throw;
        }
    }

    /// <summary>Fills a series; what is there keeps its bits.</summary>
    /// <param name="series"><c>[steps, features]</c></param>
    /// <returns>The series without missing values, <c>[steps, features]</c>.</returns>
    /// <exception cref="ArgumentException">There is not a whole number of steps, or no step has all its values.</exception>
    public float[] Fill(ReadOnlySpan<float> series)
    {
        TimeSeries.Steps(series.Length, Features, nameof(series));
        float[] before = _scaler.Transform(series);
        float[] after = Reversed(before, Features);
        _fromBefore.Fill(before);
        _fromAfter.Fill(after);
        return Merge(series, before, Reversed(after, Features));
    }

    /// <summary>
    /// Fills a series with what is known at each step: predictions from the steps before alone. For a part that a forecaster
    /// is judged by, because a prediction from after would tell it the future.
    /// </summary>
    /// <param name="series"><c>[steps, features]</c></param>
    /// <returns>
    /// The series without missing values, <c>[steps, features]</c>; before the first step with all its values they are the
    /// least of the training part.
    /// </returns>
    /// <exception cref="ArgumentException">There is not a whole number of steps.</exception>
    public float[] FillFromPast(ReadOnlySpan<float> series)
    {
        TimeSeries.Steps(series.Length, Features, nameof(series));
        float[] filled = _scaler.Transform(series);
        _fromBefore.Fill(filled);
        for (int i = 0; i < filled.Length; i++)
        {
            filled[i] = float.IsNaN(filled[i]) ? 0 : filled[i];
        }

        return Unscaled(series, filled);
    }

    /// <summary>Frees both forecasters.</summary>
    public void Dispose()
    {
        _fromBefore.Dispose();
        _fromAfter.Dispose();
    }

    private static float[] Reversed(ReadOnlySpan<float> series, int features)
    {
        var reversed = new float[series.Length];
        for (int step = 0; step < series.Length / features; step++)
        {
            series.Slice(step * features, features).CopyTo(reversed.AsSpan(^((step + 1) * features)..));
        }

        return reversed;
    }

    private float[] Merge(ReadOnlySpan<float> series, float[] before, float[] after)
    {
        bool[] whole = MissingValues.Mask(series, Features);
        for (int begin = 0; begin < whole.Length; begin++)
        {
            int end = begin;
            while (end < whole.Length && !whole[end])
            {
                end++;
            }

            for (int step = begin; step < end; step++)
            {
                float weight = (end - step) / (end - begin + 1f);
                for (int i = step * Features; i < (step + 1) * Features; i++)
                {
                    before[i] = float.IsNaN(before[i]) ? after[i]
                        : float.IsNaN(after[i]) ? before[i]
                        : (weight * before[i]) + ((1 - weight) * after[i]);
                }
            }

            begin = end;
        }

        return Array.Exists(before, float.IsNaN)
            ? throw new ArgumentException(
                $"{nameof(series)}: expected a step with all values, found none.", nameof(series))
            : Unscaled(series, before);
    }

    private float[] Unscaled(ReadOnlySpan<float> series, float[] scaled)
    {
        float[] filled = _scaler.InverseTransform(scaled);
        for (int i = 0; i < filled.Length; i++)
        {
            filled[i] = float.IsNaN(series[i]) ? filled[i] : series[i];
        }

        return filled;
    }
}
