using Recurrent.Cli.Compare;
using Recurrent.Cli.Models;
using Recurrent.Cli.Verify;
using Recurrent.Layers;

namespace Recurrent.Cli.Weights;

/// <summary>What a weight format does to a model on an input: to the output of each layer, and to the features it reads.</summary>
internal sealed class FormatErrors
{
    private FormatErrors(IReadOnlyList<LayerError> layers, IReadOnlyList<SmallFeatures> smallFeatures)
    {
        Layers = layers;
        TooSmall = smallFeatures;
    }

    /// <summary>One for each layer.</summary>
    public IReadOnlyList<LayerError> Layers { get; }

    /// <summary>One for each layer that reads features which are too small; empty where inputs do not become integers.</summary>
    public IReadOnlyList<SmallFeatures> TooSmall { get; }

    /// <summary>Computes the values of all layers with floats and with the formats.</summary>
    public static FormatErrors Of(ModelDefinition model, ModelOptions formats, SequenceInput input)
    {
        ModelDefinition whole = WithAllValues(model);
        SequenceRequest request = SequenceRequest.Of(whole, formats, input);
        SequenceResult exact = NativePath.Of(WeightChoice.Floats).Compute(request);
        SequenceResult rounded = NativePath.Default.Compute(request);
        LayerError[] layers = [.. Enumerable.Range(0, whole.Layers.Count).Select(Compare)];
        return new FormatErrors(layers, [.. FindSmall(whole, formats, input, rounded)]);

        LayerError Compare(int layer)
        {
            var comparison = new Comparison(
                exact.Outputs[layer], rounded.Outputs[layer], whole.OutputSteps(layer, input.Time), input.Batch,
                whole.Outputs[layer].Size);
            return new LayerError(
                layer, comparison.Total.SignalToNoise, comparison.Total.Largest, comparison.LargestValue);
        }
    }

    /// <summary>The same model with the output of every layer as an output, at every step if it has steps.</summary>
    private static ModelDefinition WithAllValues(ModelDefinition model) => new(
        model.Inputs,
        model.Nodes,
        [.. model.Layers.Select((_, layer) => new NamedOutput($"layer{layer}", model.Inputs.Count + layer))],
        model.Masking,
        model.Layout,
        model.EmptyRow);

    private static IEnumerable<SmallFeatures> FindSmall(
        ModelDefinition model, ModelOptions formats, SequenceInput input, SequenceResult result)
    {
        for (int layer = 0; layer < model.Layers.Count; layer++)
        {
            WeightFormat format = WeightChoice.OfLayer(formats, model.Layers[layer], layer).Input;
            if (model.Layers[layer] is not RecurrentLayer || format is not (WeightFormat.Int8 or WeightFormat.Int8With8BitInputs))
            {
                continue;
            }

            int largestInteger = format == WeightFormat.Int8 ? short.MaxValue : sbyte.MaxValue;
            int read = model.Nodes[layer].Inputs[0];
            double[] values = read < model.Inputs.Count
                ? [.. input.Values[read].Values.ToArray().Select(value => (double)value)]
                : result.Outputs[read - model.Inputs.Count];
            int[] small = FindSmall(values, model.Layers[layer].Specification.InputSize, largestInteger);
            if (small.Length > 0)
            {
                yield return new SmallFeatures(layer, small, model.Layers[layer].Specification.InputSize);
            }
        }
    }

    /// <summary>Features that are not 0 everywhere and whose largest value, in integers of its row, is small.</summary>
    private static int[] FindSmall(double[] values, int size, int largestInteger)
    {
        double[] quanta = new double[size];
        bool[] isThere = new bool[size];
        for (int row = 0; row < values.Length; row += size)
        {
            ReadOnlySpan<double> features = values.AsSpan(row, size);
            double largest = 0;
            foreach (double value in features)
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            if (largest == 0 || !double.IsFinite(largest))
            {
                continue;
            }

            for (int k = 0; k < size; k++)
            {
                quanta[k] = Math.Max(quanta[k], Math.Abs(features[k]) * largestInteger / largest);
                isThere[k] |= features[k] != 0;
            }
        }

        return [.. Enumerable.Range(0, size).Where(k => isThere[k] && quanta[k] < SmallFeatures.LeastQuanta)];
    }
}
