using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>Formats of the weights of a case's layers.</summary>
internal static class RandomFormats
{
    /// <summary>All that are not floats.</summary>
    public static IReadOnlyList<WeightFormat> Rounded { get; } =
        [WeightFormat.BFloat16, WeightFormat.Int8, WeightFormat.Int8With8BitInputs];

    /// <summary>Options of some of the layers; none for a model of floats.</summary>
    /// <param name="layers">The layers of the model.</param>
    /// <param name="weights">The format of the model.</param>
    /// <param name="seed">What the options follow from.</param>
    public static IReadOnlyDictionary<int, LayerOptions> Of(IReadOnlyList<Layer> layers, WeightFormat weights, int seed)
    {
        Dictionary<int, LayerOptions> options = [];
        Random random = new(seed);
        for (int i = 0; i < layers.Count && weights != WeightFormat.Float32; i++)
        {
            // What is not named is drawn too, so that an option does not depend on the layers before.
            LayerOptions drawn = new()
            {
                Weights = Any(random),
                InputWeights = Any(random),
                RecurrentWeights = Any(random),
            };
            switch (layers[i])
            {
                case RecurrentLayer when drawn.Weights is not null:
                    options[i] = drawn;
                    break;
                case DenseLayer or ConvolutionLayer:
                    options[i] = drawn with { Weights = drawn.Weights ?? weights, RecurrentWeights = null };
                    break;
            }
        }

        return options;
    }

    /// <summary>Any format, or none.</summary>
    private static WeightFormat? Any(Random random) =>
        random.Next(2) == 0 ? null : (WeightFormat)random.Next(Rounded.Count + 1);
}
