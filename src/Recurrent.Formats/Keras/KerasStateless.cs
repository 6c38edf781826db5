using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Layers of Keras that have weights and no state.</summary>
internal sealed class KerasStateless(KerasTensors tensors, LayerListBuilder layers)
{
    /// <summary>What the slopes of a <c>PReLU</c> are called.</summary>
    public const string SlopesName = "alpha";

    /// <summary>Whether a <c>PReLU</c> has one slope for everything, or none at all, which is refused later.</summary>
    public static bool IsOneSlope(float[]? slopes) => slopes is not { Length: > 0 } || slopes.All(slope => slope == slopes[0]);

    /// <summary>Adds a table of vectors, as the first layer, or behind one index for a whole row.</summary>
    /// <param name="name">The layer.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="isOneHot">Whether what it reads is an index as 1 at its place among zeros.</param>
    public void AddEmbedding(string name, JsonValue config, bool isOneHot)
    {
        if (!layers.IsAtInput)
        {
            AddRows(name, config, isOneHot);
            return;
        }

        var specification = new EmbeddingSpecification
        {
            InputSize = config["input_dim"].Size(),
            OutputSize = config["output_dim"].Size(),
        };
        layers.DeclareInput(specification.InputSize);
        float[] table = tensors.Take(
            name, false, "embeddings", specification.InputSize, specification.OutputSize);
        layers.Add(name, EmbeddingLayer.Wrap(specification, table));
    }

    /// <summary>Rows of a table by a product: one factor is 1 and the others are 0.</summary>
    private void AddRows(string name, JsonValue config, bool isOneHot)
    {
        (int count, int units) = (config["input_dim"].Size(), config["output_dim"].Size());
        if (!isOneHot || count != layers.Size)
        {
            throw new ModelFormatException(isOneHot
                ? $"layer '{name}': expected a table of {layers.Size} rows, as another layer that reads the input has, found {count}."
                : $"layer '{name}': an Embedding is supported as the first layer only.");
        }

        layers.Add(name, KerasWeights.Dense(tensors.Take(name, false, "embeddings", count, units), count, [], Activation.Identity));
    }

    /// <summary>Adds a dense layer with what its activation needs behind it.</summary>
    public void AddDense(string name, JsonValue config, KerasActivation activation)
    {
        int units = config["units"].Size();
        int inputSize = layers.Size ?? InputSizeOf(name, tensors.Shape(name, "kernel"));
        float[] kernel = tensors.Take(name, false, "kernel", inputSize, units);
        float[] bias = config.Find("use_bias")?.Flag() ?? true ? tensors.Take(name, false, "bias", units) : [];
        layers.Add(name, KerasWeights.Dense(kernel, inputSize, bias, activation.Function));
        activation.AddTo(layers, name, isFunctionDone: true);
    }

    /// <summary>Adds a leaky relu whose slopes were trained: one, or one for each feature.</summary>
    public void AddParametricRelu(string name)
    {
        IReadOnlyList<long> shape = tensors.Shape(name, SlopesName);
        float[] slopes = tensors.Take(name, false, SlopesName, [.. shape]);
        int size = layers.Size ?? InputSizeOf(name, shape is [.., var last] ? [last] : []);
        if (slopes.Length > 0 && IsOneSlope(slopes))
        {
            layers.Add(name, new ActivationLayer(size, Activation.LeakyRelu(slopes[0])));
            return;
        }

        if (slopes.Length != size)
        {
            throw new ModelFormatException(
                $"layer '{name}': PReLU is supported with one slope, or one for each of the {size} features (shared_axes=[1]); found "
                + $"shape [{string.Join(", ", shape)}], where steps have slopes of their own.");
        }

        // What is above 0, less the slope times how far it is below.
        layers.Charge(4L * sizeof(float) * size, name);
        int value = layers.Value;
        layers.Add(name, new ActivationLayer(size, Activation.Relu));
        int above = layers.Value;
        layers.MoveTo(value);
        layers.Add(name, new ActivationLayer(size, Activation.Clip(-float.MaxValue, 0)));
        layers.Add(name, new ScaleLayer(slopes));
        layers.Join(name, new SumLayer(size), [above, layers.Value]);
    }

    /// <summary>Input features as the first axis of a tensor says them.</summary>
    public static int InputSizeOf(string name, IReadOnlyList<long> shape) =>
        shape is [>= 1 and <= LayerSpecification.MaxSize and var size, ..]
            ? (int)size
            : throw new ModelFormatException(
                $"layer '{name}': expected 1 to {LayerSpecification.MaxSize} input features, found shape "
                + $"[{string.Join(", ", shape)}].");
}
