using Recurrent.Layers;

namespace Recurrent.Formats.Container;

/// <summary>The formats that weights of layers are computed in, as options of a model and as a file has them.</summary>
internal static class LayerWeights
{
    private static readonly WeightField[] Input = [WeightField.InputWeights];
    private static readonly WeightField[] Recurrent = [WeightField.RecurrentWeights, WeightField.Projection];

    /// <summary>Whether anything but floats is named.</summary>
    public static bool AreRounded(ModelOptions options) =>
        options.Weights != WeightFormat.Float32 || options.Layers.Count > 0;

    /// <summary>
    /// A record with the formats that options name for its layer. Its weights are rounded already, and are stored in them.
    /// </summary>
    public static LayerRecord With(LayerRecord record, ModelOptions options, int index)
    {
        LayerOptions? layer = options.Layers.GetValueOrDefault(index);
        WeightFormat model = IsRecurrent(record.Kind) ? options.Weights : WeightFormat.Float32;
        WeightFormat input = layer?.InputWeights ?? layer?.Weights ?? model;
        WeightFormat recurrent = IsRecurrent(record.Kind)
            ? layer?.RecurrentWeights ?? layer?.Weights ?? model
            : WeightFormat.Float32;
        foreach (DirectionRecord direction in record.Directions())
        {
            Store(direction, Input, input);
            Store(direction, Recurrent, recurrent);
        }

        return record with { InputWeightFormat = (int)input, RecurrentWeightFormat = (int)recurrent };
    }

    /// <summary>The options that name the formats of a file.</summary>
    /// <exception cref="ModelFormatException">A layer has a format that it cannot have.</exception>
    public static ModelOptions OptionsOf(IReadOnlyList<LayerRecord> layers)
    {
        var options = new Dictionary<int, LayerOptions>();
        for (int i = 0; i < layers.Count; i++)
        {
            (WeightFormat input, WeightFormat recurrent) = FormatsOf(layers[i], i);
            if (IsRecurrent(layers[i].Kind) && (input, recurrent) != default)
            {
                options[i] = new LayerOptions { InputWeights = input, RecurrentWeights = recurrent };
            }
            else if (input != WeightFormat.Float32)
            {
                options[i] = new LayerOptions { InputWeights = input };
            }
        }

        // Mostly it is one format of all recurrent layers, and nothing else.
        WeightFormat first = options.Values.FirstOrDefault()?.RecurrentWeights ?? WeightFormat.Float32;
        bool isOne = first != WeightFormat.Float32 && Enumerable.Range(0, layers.Count).All(i =>
            options.TryGetValue(i, out LayerOptions? given)
                ? given.InputWeights == first && given.RecurrentWeights == first
                : !IsRecurrent(layers[i].Kind));
        return isOne ? new ModelOptions { Weights = first } : new ModelOptions { Layers = options };
    }

    private static (WeightFormat Input, WeightFormat Recurrent) FormatsOf(LayerRecord layer, int index)
    {
        (WeightFormat input, WeightFormat recurrent) =
            ((WeightFormat)layer.InputWeightFormat, (WeightFormat)layer.RecurrentWeightFormat);
        bool takesInput = IsRecurrent(layer.Kind) || layer.Kind is LayerKind.Dense or LayerKind.Convolution;
        if (!Enum.IsDefined(input) || !Enum.IsDefined(recurrent)
            || (input != WeightFormat.Float32 && !takesInput)
            || (recurrent != WeightFormat.Float32 && !IsRecurrent(layer.Kind)))
        {
            throw new ModelFormatException(
                $"the model of the file: layers[{index}]: expected formats of weights that a layer of kind {layer.Kind} can have, "
                + $"found {layer.InputWeightFormat} and {layer.RecurrentWeightFormat}.");
        }

        return (input, recurrent);
    }

    private static bool IsRecurrent(LayerKind kind) => kind <= LayerKind.GruResetBefore;

    private static void Store(DirectionRecord direction, WeightField[] fields, WeightFormat format)
    {
        foreach (WeightField field in fields)
        {
            if (direction.Arrays[(int)field] is { } array)
            {
                array.Format = format switch
                {
                    WeightFormat.Float32 => StoredFormat.Float32,
                    WeightFormat.BFloat16 => StoredFormat.BFloat16,
                    _ => StoredFormat.Int8,
                };
            }
        }
    }
}
