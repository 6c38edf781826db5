using Recurrent.Layers;

namespace Recurrent.Cli.Bench;

/// <summary>How much memory weights take, with their units filled up to whole vectors.</summary>
internal static class WeightBytes
{
    /// <summary>Bytes of the weights of some layers.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="lanes">Floats of a vector; 1 for the weights as they are.</param>
    public static long Of(IEnumerable<Layer> layers, int lanes) => sizeof(float) * layers.Sum(layer => layer switch
    {
        RecurrentLayer recurrent => Floats(recurrent, lanes),
        DenseLayer dense => Padded(dense.Specification.OutputSize, lanes)
            * (dense.Specification.InputSize + (dense.Weights.Bias.IsEmpty ? 0L : 1)),
        ConvolutionLayer convolution => Padded(convolution.Specification.OutputSize, lanes)
            * ((convolution.Weights.Kernel.Length / convolution.Specification.OutputSize)
                + (convolution.Weights.Bias.IsEmpty ? 0L : 1)),
        LayerNormalizationLayer normalization => (long)normalization.Factors.Length + normalization.Offsets.Length,
        EmbeddingLayer embedding => embedding.Table.Length,
        ScaleLayer scale => (long)scale.Factors.Length + scale.Offsets.Length,
        _ => 0,
    });

    private static long Floats(RecurrentLayer layer, int lanes)
    {
        RecurrentSpecification specification = layer.Specification;
        long units = Padded(specification.HiddenSize, lanes);
        long floats = 0;
        foreach (CellWeights weights in new[] { layer.Forward, layer.Reverse }.OfType<CellWeights>())
        {
            // Everything but a projection has a row for each gate of each hidden unit.
            long ofGates = (long)weights.InputWeights.Length + weights.RecurrentWeights.Length + weights.InputBias.Length
                + weights.RecurrentBias.Length + weights.Peephole.Length;
            floats += ofGates / specification.HiddenSize * units;
            floats += Padded(specification.StateSize, lanes) * (weights.Projection.Length / specification.StateSize);
        }

        return floats;
    }

    private static long Padded(long count, int lanes) => (count + lanes - 1) / lanes * lanes;
}
