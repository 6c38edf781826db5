using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>
/// The scaling of a series as layers of a model, so that its file takes and gives what the series has. What is trained on is
/// scaled with the arithmetic of these layers: the file forecasts with the bits of training.
/// </summary>
internal sealed class SeriesScale
{
    private SeriesScale(ScaleLayer input, ScaleLayer output)
    {
        Input = input;
        Output = output;
    }

    /// <summary>From values of the series to those that the model learns.</summary>
    public ScaleLayer Input { get; }

    /// <summary>Back, for one step.</summary>
    public ScaleLayer Output { get; }

    private int Features => Input.Factors.Length;

    /// <summary>The least value becomes 0, the largest 1.</summary>
    /// <param name="train"><c>[steps, features]</c> of what is trained on.</param>
    /// <param name="names">The features' names, for messages.</param>
    /// <exception cref="UnusableInputException">A range is too small or too large for a float.</exception>
    public static SeriesScale Of(ReadOnlySpan<float> train, IReadOnlyList<string> names)
    {
        SeriesScaler<float> scaler = SeriesScalers.MinMax(train, names.Count);
        var scale = new SeriesScale(
            new ScaleLayer(
                [.. scaler.Scales.Select(range => (float)(1 / range))],
                [.. scaler.Scales.Select((range, i) => (float)(-scaler.Offsets[i] / range))]),
            new ScaleLayer(
                [.. scaler.Scales.Select(range => (float)range)],
                [.. scaler.Offsets.Select(least => (float)least)]));
        for (int i = 0; i < names.Count; i++)
        {
            if (!float.IsFinite(scale.Input.Factors.Span[i]) || !float.IsFinite(scale.Input.Offsets.Span[i])
                || !float.IsFinite(scale.Output.Factors.Span[i]))
            {
                throw new UnusableInputException(
                    $"{names[i]}: expected a range that a float can scale, found {scaler.Scales[i]} above "
                    + $"{scaler.Offsets[i]}.");
            }
        }

        return scale;
    }

    public float[] Transform(ReadOnlySpan<float> values) => Apply(Input, values);

    public float[] InverseTransform(ReadOnlySpan<float> values) => Apply(Output, values);

    /// <summary>A model of scaled values as one of values of the series.</summary>
    /// <param name="scaled">The model.</param>
    /// <param name="horizon">Steps that it forecasts.</param>
    public ModelDefinition Wrap(ModelDefinition scaled, int horizon)
    {
        var output = new ScaleLayer(
            [.. Enumerable.Repeat(Output.Factors.ToArray(), horizon).SelectMany(factors => factors)],
            [.. Enumerable.Repeat(Output.Offsets.ToArray(), horizon).SelectMany(offsets => offsets)]);
        return new ModelDefinition(
            [Input, .. scaled.Layers, output], scaled.Output, scaled.Masking, scaled.Layout, scaled.EmptyRow);
    }

    private float[] Apply(ScaleLayer layer, ReadOnlySpan<float> values)
    {
        var scaled = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int feature = i % Features;
            scaled[i] = MathF.FusedMultiplyAdd(values[i], layer.Factors.Span[feature], layer.Offsets.Span[feature]);
        }

        return scaled;
    }
}
