using Recurrent.Layers;

namespace Recurrent.Formats.Container;

/// <summary>Rows and columns of the weights of a layer, which follow from its sizes.</summary>
internal static class WeightShapes
{
    /// <summary>The shape of some weights of a layer whose sizes are in range.</summary>
    public static (long Rows, long Columns) Of(LayerRecord layer, WeightField field)
    {
        long units = layer.HiddenSize;
        long state = layer.ProjectionSize > 0 ? layer.ProjectionSize : units;
        long rows = GatesOf(layer.Kind) * units;
        return field switch
        {
            WeightField.InputWeights => layer.Kind switch
            {
                LayerKind.Embedding => (layer.InputSize, units),
                LayerKind.Scale or LayerKind.LayerNormalization => (1, units),
                LayerKind.Convolution => (rows, (long)layer.KernelSize * (layer.InputSize / layer.Groups)),
                _ => (rows, layer.InputSize),
            },
            WeightField.RecurrentWeights => (rows, state),
            WeightField.InputBias or WeightField.RecurrentBias => (1, rows),
            WeightField.Peephole => (1, 3 * units),
            WeightField.Projection => (state, units),
            WeightField.InitialHidden when layer.Kind == LayerKind.Convolution =>
                (1, (layer.KernelSize - 1L) * layer.Dilation * layer.InputSize),
            WeightField.InitialHidden => (1, state),
            _ => (1, units),
        };
    }

    /// <summary>Refuses sizes that no shape follows from.</summary>
    public static void RequireSizes(LayerRecord layer, long place)
    {
        const int most = LayerSpecification.MaxSize;
        ContainerFile.Require(
            layer.InputSize is >= 1 and <= most && layer.HiddenSize is >= 1 and <= most
            && layer.ProjectionSize is >= 0 and <= most,
            place,
            $"sizes of a layer from 1 to {most}, found {layer.InputSize}, {layer.HiddenSize} and {layer.ProjectionSize}");
        ContainerFile.Require(
            layer.Kind != LayerKind.Convolution
            || (layer.KernelSize is >= 1 and <= WindowSpecification.MaxReach
                && layer.Dilation is >= 1 and <= WindowSpecification.MaxReach && layer.Groups is >= 1 and <= most),
            place,
            $"a convolution with a kernel size, dilation and groups of 1 or more, found {layer.KernelSize}, {layer.Dilation} "
            + $"and {layer.Groups}");
    }

    private static int GatesOf(LayerKind kind) => kind switch
    {
        LayerKind.Lstm => 4,
        LayerKind.Gru or LayerKind.GruResetBefore => 3,
        _ => 1,
    };
}
