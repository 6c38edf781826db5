using System.Collections.Frozen;

namespace Recurrent.Layers;

/// <summary>The formats of the weights of one layer.</summary>
/// <param name="Input">Of the input weights of a recurrent layer, of the kernel of a dense layer or a convolution.</param>
/// <param name="Recurrent">Of the recurrent weights and the projection of a recurrent layer.</param>
internal readonly record struct LayerFormats(WeightFormat Input, WeightFormat Recurrent)
{
    /// <summary>No layer has options of its own.</summary>
    public static IReadOnlyDictionary<int, LayerOptions> NoOptions { get; } = FrozenDictionary<int, LayerOptions>.Empty;

    /// <summary>The formats of all layers of a model.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="weights">The model's format: that of recurrent layers that name no other.</param>
    /// <param name="options">Of layers, by their index, what differs; null for nothing.</param>
    /// <param name="argument">The name of the options.</param>
    /// <exception cref="ArgumentException">
    /// There is no such layer, or it has no weights that could take the format.
    /// </exception>
    public static LayerFormats[] Of(
        LayerGraph graph, WeightFormat weights, IReadOnlyDictionary<int, LayerOptions>? options, string argument)
    {
        LayerFormats[] formats =
        [
            .. graph.Layers.Select(layer =>
                layer is RecurrentLayer ? new LayerFormats(weights, weights) : default),
        ];
        foreach ((int index, LayerOptions given) in options ?? NoOptions)
        {
            string name = $"{argument}[{index}]";
            Require.Within(index, 0, graph.Layers.Count - 1, name);
            ArgumentNullException.ThrowIfNull(given, name);
            formats[index] = Of(graph.Layers[index], index, given, formats[index], name);
        }

        return formats;
    }

    /// <summary>The format of a part of a layer: floats of all that is no matrix.</summary>
    public WeightFormat Of(ParameterRole role) => role switch
    {
        ParameterRole.InputWeights => Input,
        ParameterRole.RecurrentWeights or ParameterRole.Projection => Recurrent,
        _ => WeightFormat.Float32,
    };

    private static LayerFormats Of(Layer layer, int index, LayerOptions given, LayerFormats model, string argument)
    {
        switch (layer)
        {
            case RecurrentLayer:
                return new LayerFormats(
                    given.InputWeights ?? given.Weights ?? model.Input,
                    given.RecurrentWeights ?? given.Weights ?? model.Recurrent);
            case DenseLayer or ConvolutionLayer:
                RequireNone(
                    given.RecurrentWeights,
                    $"layer {index}, {layer.Kind}, has no recurrent weights",
                    $"{argument}.{nameof(LayerOptions.RecurrentWeights)}");
                return model with { Input = given.InputWeights ?? given.Weights ?? model.Input };
            default:
                string reason = $"layer {index}, {layer.Kind}, has no weights that take one: only recurrent layers, dense "
                    + "layers and convolutions have";
                RequireNone(given.Weights, reason, $"{argument}.{nameof(LayerOptions.Weights)}");
                RequireNone(given.InputWeights, reason, $"{argument}.{nameof(LayerOptions.InputWeights)}");
                RequireNone(given.RecurrentWeights, reason, $"{argument}.{nameof(LayerOptions.RecurrentWeights)}");
                return model;
        }
    }

    private static void RequireNone(WeightFormat? format, string reason, string argument)
    {
        if (format is { } given)
        {
            throw new ArgumentException($"{argument}: expected no format, because {reason}; found {given}.", argument);
        }
    }
}
