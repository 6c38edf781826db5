using Recurrent.Cli.Data;
using Recurrent.Cli.Train;
using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Cli.Forecast;

/// <summary>Continues a series with a forecaster.</summary>
internal sealed class SeriesForecast : IDisposable
{
    private readonly RecurrentModel _model;
    private readonly ForecasterInfo _info;
    private readonly string _path;

    /// <param name="model">The model.</param>
    /// <param name="info">What its file says about itself.</param>
    /// <param name="path">Its file, for messages.</param>
    /// <exception cref="UnusableInputException">The model and what is said about it do not fit each other.</exception>
    public SeriesForecast(ImportedModel model, ForecasterInfo info, string path)
    {
        ModelDefinition definition = model.Definition;
        (_info, _path) = (info, path);
        int features = info.Columns.Count;
        if (definition.InputSize != features || definition.OutputSize != (long)features * info.Horizon
            || definition.Output == ModelOutput.EveryStep || definition.VocabularySize != 0)
        {
            throw new UnusableInputException(
                $"{path}: expected a model of {features} features in and {(long)features * info.Horizon} out, as its metadata "
                + $"say, found {definition.InputSize} and {definition.OutputSize}.");
        }

        _model = RecurrentModel.Create(definition, model.Options);
    }

    private int Features => _info.Columns.Count;

    /// <summary>The steps that follow.</summary>
    /// <param name="table">The series.</param>
    /// <param name="steps">How many; those beyond the horizon are forecast from forecasts.</param>
    /// <returns><c>[steps, features]</c></returns>
    /// <exception cref="UnusableInputException">The series is too short, or lacks values that the model needs.</exception>
    public float[] Continue(SeriesTable table, int steps)
    {
        List<float> series = [.. Filled(table)];
        int inputs = _info.Window * Features;
        if (series.Count < inputs)
        {
            throw new UnusableInputException(
                $"{_path}: expected a series of at least {_info.Window} steps, the model's window, found "
                + $"{series.Count / Features}.");
        }

        int known = series.Count;
        while (series.Count - known < steps * Features)
        {
            series.AddRange(Next(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(series)[^inputs..]));
        }

        return [.. series.Skip(known).Take(steps * Features)];
    }

    public void Dispose() => _model.Dispose();

    private float[] Next(ReadOnlySpan<float> window) => _model.Predict(window, batch: 1, _info.Window);

    private float[] Filled(SeriesTable table)
    {
        ReadOnlySpan<float> values = table.Values;
        if (table.Missing == 0)
        {
            return table.Values;
        }

        switch (_info.Missing)
        {
            case MissingPolicy.Drop:
                return MissingValues.Drop(values, Features);
            case MissingPolicy.Previous:
                return MissingValues.FillWithPrevious(values, Features);
            case MissingPolicy.Mean or MissingPolicy.Median or MissingPolicy.Mode when _info.Fills.Count > 0:
                return [.. table.Values.Select((value, i) => float.IsNaN(value) ? _info.Fills[i % Features] : value)];
            case MissingPolicy.Mask:
                RequireValues(values);
                return SeriesTask.WithoutPartialSteps(table);
            case MissingPolicy.Predicted:
                return Predicted(table);
            default:
                throw new UnusableInputException(
                    $"{table.FirstMissing}: no value, and the model was trained on a series without missing values.");
        }
    }

    // A window without any value says nothing.
    private void RequireValues(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<float> window = values[^Math.Min(values.Length, _info.Window * Features)..];
        if (!MissingValues.Mask(window, Features).Contains(true))
        {
            throw new UnusableInputException($"expected a value within the last {_info.Window} steps, found none.");
        }
    }

    // By the model itself, from the steps before; before its first window, by the previous value.
    private float[] Predicted(SeriesTable table)
    {
        float[] filled = MissingValues.FillWithPrevious<float>(table.Values, Features);
        int inputs = _info.Window * Features;
        for (int begin = inputs; begin < filled.Length; begin += Features)
        {
            if (!table.Values.AsSpan(begin, Features).ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                continue;
            }

            float[] next = Next(filled.AsSpan(begin - inputs, inputs));
            for (int i = 0; i < Features; i++)
            {
                filled[begin + i] = float.IsNaN(table.Values[begin + i]) ? next[i] : filled[begin + i];
            }
        }

        return filled;
    }
}
