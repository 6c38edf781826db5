using System.Runtime.InteropServices;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests;

/// <summary>Compares definitions: specifications by value, weights bit by bit.</summary>
internal static class DefinitionAssert
{
    public static void Same(ModelDefinition expected, ModelDefinition found)
    {
        Assert.Equal(expected.Output, found.Output);
        Assert.Equal(expected.Masking, found.Masking);
        Assert.Equal(expected.Inputs, found.Inputs);
        Assert.Equal(expected.Outputs, found.Outputs);
        Assert.Equal(expected.Nodes.Select(node => node.Inputs), found.Nodes.Select(node => node.Inputs));
        Assert.Equal((expected.Layout, expected.EmptyRow), (found.Layout, found.EmptyRow));
        Assert.Equal(
            expected.Layers.Select(layer => layer.Specification), found.Layers.Select(layer => layer.Specification));
        foreach ((Layer layer, Layer other) in expected.Layers.Zip(found.Layers))
        {
            Assert.Equal(WeightsOf(layer).Select(Bits), WeightsOf(other).Select(Bits));
        }
    }

    private static IEnumerable<ReadOnlyMemory<float>> WeightsOf(Layer layer) => layer switch
    {
        RecurrentLayer recurrent => new[] { recurrent.Forward, recurrent.Reverse }.SelectMany(WeightsOf),
        DenseLayer dense => [dense.Weights.Kernel, dense.Weights.Bias],
        EmbeddingLayer embedding => [embedding.Table],
        ScaleLayer scale => [scale.Factors, scale.Offsets],
        LayerNormalizationLayer normalization => [normalization.Factors, normalization.Offsets],
        ConvolutionLayer { Weights: { } weights } => [weights.Kernel, weights.Bias, weights.InitialHistory],
        _ => [],
    };

    private static IEnumerable<ReadOnlyMemory<float>> WeightsOf(CellWeights? weights) => weights is null
        ? []
        :
        [
            weights.InputWeights, weights.RecurrentWeights, weights.InputBias, weights.RecurrentBias, weights.Projection,
            weights.InitialHidden, weights.InitialCell,
        ];

    private static int[] Bits(ReadOnlyMemory<float> values) => MemoryMarshal.Cast<float, int>(values.Span).ToArray();
}
