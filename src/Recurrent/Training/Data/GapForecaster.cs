using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// Predicts a step of a scaled series from those before it, of which some may be missing: an LSTM with masking and a dense
/// layer. Fitted on the steps that are whole.
/// </summary>
internal sealed class GapForecaster : IDisposable
{
    private readonly TrainableModel<float> _model;
    private readonly int _window;
    private readonly int _features;

    /// <param name="series"><c>[steps, features]</c>, scaled.</param>
    /// <param name="features">Features of a step.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">No whole step has another one before it within a window.</exception>
    public GapForecaster(ReadOnlySpan<float> series, int features, PredictionFillerOptions options)
    {
        (_window, _features) = (options.Window, features);
        (Sequences<float> x, float[] y) = Examples(series);
        _model = new Sequential(features, options.Seed).Lstm(options.HiddenSize).Dense(features)
            .ToModel(ModelOutput.LastStep, new Masking());
        try
        {
            _model.Compile(new Adam(2e-3), new MeanSquaredError());
            _model.Fit(x, y, new FitOptions<float> { Epochs = options.Epochs, BatchSize = 32, Seed = options.Seed });
        }
        catch
        {
            _model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Puts predictions in the place of missing values, from the first step to the last; one that was predicted is known to
    /// the next. A value stays NaN while no whole step came before it.
    /// </summary>
    public void Fill(Span<float> series)
    {
        var window = new float[_window * _features];
        for (int step = 0; step < series.Length / _features; step++)
        {
            Span<float> values = series.Slice(step * _features, _features);
            if (IsWhole(values) || !CopyWindow(series, step, window))
            {
                continue;
            }

            float[] predicted = _model.Predict(Sequences.Of<float>(window, 1, _features));
            for (int i = 0; i < _features; i++)
            {
                values[i] = float.IsNaN(values[i]) ? predicted[i] : values[i];
            }
        }
    }

    public void Dispose() => _model.Dispose();

    private static bool IsWhole(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (float.IsNaN(value))
            {
                return false;
            }
        }

        return true;
    }

    private (Sequences<float> X, float[] Y) Examples(ReadOnlySpan<float> series)
    {
        List<float> x = [], y = [];
        var window = new float[_window * _features];
        for (int step = 1; step < series.Length / _features; step++)
        {
            ReadOnlySpan<float> target = series.Slice(step * _features, _features);
            if (IsWhole(target) && CopyWindow(series, step, window))
            {
                x.AddRange(window);
                y.AddRange(target);
            }
        }

        return y.Count > 0
            ? (Sequences.Of(x.ToArray(), y.Count / _features, _features), [.. y])
            : throw new ArgumentException(
                $"train: expected a step with all values and another one within {_window} steps before it, found none.",
                nameof(series));
    }

    // A step that is not whole, or before the first one, is a missing one: NaN in all features. Tells whether any is there.
    private bool CopyWindow(ReadOnlySpan<float> series, int step, Span<float> window)
    {
        window.Fill(float.NaN);
        bool any = false;
        for (int back = 1; back <= Math.Min(step, _window); back++)
        {
            ReadOnlySpan<float> values = series.Slice((step - back) * _features, _features);
            if (IsWhole(values))
            {
                values.CopyTo(window[((_window - back) * _features)..]);
                any = true;
            }
        }

        return any;
    }
}
