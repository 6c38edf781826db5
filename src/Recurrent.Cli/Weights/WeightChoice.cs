using Recurrent.Layers;

namespace Recurrent.Cli.Weights;

/// <summary>In which formats a model's weights are computed: one that the command line names, or what the file says.</summary>
internal static class WeightChoice
{
    private const string Mixed = "mixed";

    public static ModelOptions Floats { get; } = new();

    /// <summary>One format of all recurrent layers.</summary>
    public static ModelOptions Of(WeightFormat format) => new() { Weights = format };

    /// <summary>Whether no layer has anything but floats.</summary>
    public static bool IsFloats(ModelOptions formats) => formats.Weights == WeightFormat.Float32 && formats.Layers.Count == 0;

    /// <summary>The format of the recurrent layers, or that layers differ.</summary>
    public static string NameOf(ModelOptions formats) =>
        formats.Layers.Count == 0 ? WeightFormatNames.Of(formats.Weights) : Mixed;

    /// <summary>The formats of a layer: of its input weights, and of its recurrent weights and projection.</summary>
    public static (WeightFormat Input, WeightFormat Recurrent) OfLayer(ModelOptions formats, Layer layer, int index)
    {
        LayerOptions? given = formats.Layers.GetValueOrDefault(index);
        WeightFormat otherwise = given?.Weights ?? (layer is RecurrentLayer ? formats.Weights : WeightFormat.Float32);
        return (given?.InputWeights ?? otherwise, given?.RecurrentWeights ?? otherwise);
    }

    /// <summary>What a layer has that is named for it; empty for nothing.</summary>
    public static string DescribeLayer(ModelOptions formats, Layer layer, int index)
    {
        (WeightFormat input, WeightFormat recurrent) = OfLayer(formats, layer, index);
        return !formats.Layers.ContainsKey(index) ? string.Empty
            : layer is not RecurrentLayer || input == recurrent ? $"weights of {WeightFormatNames.Of(input)}"
            : $"input weights of {WeightFormatNames.Of(input)}, recurrent weights of {WeightFormatNames.Of(recurrent)}";
    }
}
