using Recurrent.Formats.Captures;
using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>
/// The JSON of RTNeural's Keras exporter, which AIDA-X and others write too: <c>in_shape</c>, and <c>layers</c> with
/// <c>type</c>, <c>activation</c>, <c>shape</c> and <c>weights</c>, the weights as Keras orders them.
/// </summary>
internal static class RtNeuralModel
{
    private const string Supported =
        "dense, time-distributed-dense, lstm, gru, activation, batchnorm or prelu with one slope";

    // Keras has no other version of what this format can name.
    private static readonly KerasVersion Version = new(2, IsKnown: true);

    public static ImportedModel Read(JsonValue root)
    {
        int inputSize = LastAxis(root["in_shape"]);
        var layers = new LayerListBuilder(root.Budget, inputSize);
        AidaGain gain = AidaGain.Read(root);
        gain.AddInput(layers);
        int begin = layers.Count;
        IReadOnlyList<JsonValue> items = root["layers"].Items();
        for (int i = 0; i < items.Count; i++)
        {
            string type = items[i]["type"].Text();
            try
            {
                Add(layers, items[i], type, $"{type}_{i}");
            }
            catch (ModelFormatException e)
            {
                throw new ModelFormatException($"layer {i} ({type}): {e.Message}", e);
            }
        }

        gain.AddOutput(layers, begin);
        return CaptureText.Describe(root, layers.Build("RTNeural JSON"), "in_shape", "layers");
    }

    private static void Add(LayerListBuilder layers, JsonValue layer, string type, string name)
    {
        int size = LastAxis(layer["shape"]);
        int inputSize = layers.Size!.Value;
        KerasActivation activation = ReadActivation(layers, layer, name);
        switch (type)
        {
            case "dense" or "time-distributed-dense":
                AddDense(layers, layer, name, size, activation);
                break;
            case "lstm":
                AddLstm(layers, layer, name, size);
                break;
            case "gru":
                AddGru(layers, layer, name, size);
                break;
            case "activation":
                activation.AddTo(layers, name, isFunctionDone: false);
                break;
            case "batchnorm":
                layers.Add(name, ReadBatchNorm(layer, name, inputSize));
                break;
            case "prelu":
                layers.Add(name, new ActivationLayer(inputSize, ReadSlope(layer, inputSize)));
                break;
            default:
                throw new ModelFormatException(
                    $"'{layer.Path}': a layer of type '{type}' is not supported; expected {Supported}.");
        }

        if (layers.Size != size)
        {
            throw new ModelFormatException(
                $"'{layer.Path}' ({type}): its shape says {size} features, but it has {layers.Size}.");
        }
    }

    private static void AddDense(
        LayerListBuilder layers, JsonValue layer, string name, int size, KerasActivation activation)
    {
        IReadOnlyList<JsonValue> weights = Weights(layer, 1, 2);
        int inputSize = layers.Size!.Value;
        float[] kernel = JsonTensor.Of(weights[0]).RequireTransposed(inputSize, size);
        float[] bias = weights.Count > 1 ? JsonTensor.Of(weights[1]).Require(size) : [];
        layers.Add(name, KerasWeights.DenseByOutput(kernel, inputSize, bias, activation.Function));
        activation.AddTo(layers, name, isFunctionDone: true);
    }

    private static void AddLstm(LayerListBuilder layers, JsonValue layer, string name, int size)
    {
        var specification = new LstmSpecification
        {
            InputSize = layers.Size!.Value,
            HiddenSize = size,
            CandidateActivation = CellActivation(layers, layer, name),
            OutputActivation = CellActivation(layers, layer, name, silent: true),
        };
        AddRecurrent(layers, layer, name, specification, bias => bias.Require(4 * size));
    }

    private static void AddGru(LayerListBuilder layers, JsonValue layer, string name, int size)
    {
        // Keras's two kinds of GRU differ in the shape of the bias: one for both sides, or one for each.
        IReadOnlyList<JsonValue> weights = Weights(layer, 2, 3);
        bool resetAfter = weights.Count < 3 || JsonTensor.Of(weights[2]).Shape.Count == 2;
        if (weights.Count < 3)
        {
            layers.Note(
                ImportNoteKind.Assumed, name, "without a bias the file does not say where the reset gate applies; "
                + "after the product, as RTNeural computes it.");
        }

        var specification = new GruSpecification
        {
            InputSize = layers.Size!.Value,
            HiddenSize = size,
            ResetAfter = resetAfter,
            CandidateActivation = CellActivation(layers, layer, name),
        };
        AddRecurrent(
            layers, layer, name, specification,
            bias => resetAfter ? bias.Require(2, 3 * size) : bias.Require(3 * size));
    }

    private static void AddRecurrent(
        LayerListBuilder layers,
        JsonValue layer,
        string name,
        RecurrentSpecification specification,
        Func<JsonTensor, float[]> requireBias)
    {
        IReadOnlyList<JsonValue> weights = Weights(layer, 2, 3);
        int rows = specification.GateCount * specification.HiddenSize;
        float[] kernel = JsonTensor.Of(weights[0]).RequireTransposed(specification.InputSize, rows);
        float[] recurrent = JsonTensor.Of(weights[1]).RequireTransposed(specification.HiddenSize, rows);
        float[] bias = weights.Count > 2 ? requireBias(JsonTensor.Of(weights[2])) : [];
        layers.Add(name, new RecurrentLayer(
            specification, KerasWeights.RecurrentByGate(specification, kernel, recurrent, bias)));
    }

    private static ScaleLayer ReadBatchNorm(JsonValue layer, string name, int size)
    {
        IReadOnlyList<JsonValue> weights = Weights(layer, 2, 4);
        if (weights.Count == 3)
        {
            throw new ModelFormatException(
                $"'{layer.Path}.weights': expected gamma, beta, mean and variance, or the last two; found 3 tensors, "
                + "of which the first could be either.");
        }

        float[][] all = [.. weights.Select(tensor => JsonTensor.Of(tensor).Require(size))];
        return KerasWeights.BatchNormalization(
            name,
            all.Length == 4 ? all[0] : [],
            all.Length == 4 ? all[1] : [],
            all[^2],
            all[^1],
            layer.Find("epsilon")?.Number() ?? 1e-3);
    }

    private static Activation ReadSlope(JsonValue layer, int size)
    {
        float[] slopes = JsonTensor.Of(Weights(layer, 1, 1)[0]).Read();
        return slopes.Length == 1 || (slopes.Length == size && slopes.All(slope => slope == slopes[0]))
            ? Activation.LeakyRelu(slopes[0])
            : throw new ModelFormatException(
                $"'{layer.Path}': a layer of type 'prelu' is supported if its slopes are equal; found {slopes.Length} "
                + $"slopes for {size} features, not all of them equal.");
    }

    private static IReadOnlyList<JsonValue> Weights(JsonValue layer, int atLeast, int atMost)
    {
        IReadOnlyList<JsonValue> weights = layer["weights"].Items();
        return weights.Count >= atLeast && weights.Count <= atMost
            ? weights
            : throw new ModelFormatException(
                $"'{layer.Path}.weights': expected {atLeast} to {atMost} tensors, found {weights.Count}.");
    }

    private static KerasActivation ReadActivation(LayerListBuilder layers, JsonValue layer, string name)
    {
        string text = layer.Find("activation")?.Text() ?? "";
        return KerasActivation.IsGated(text)
            ? throw new ModelFormatException($"layer '{name}': RTNeural has no activation '{text}'.")
            : KerasActivation.Of(text.Length == 0 ? "linear" : text, name, Version, layers);
    }

    /// <summary>The activation of a cell: where nothing is said, it is tanh.</summary>
    private static Activation CellActivation(
        LayerListBuilder layers, JsonValue layer, string name, bool silent = false)
    {
        string text = layer.Find("activation")?.Text() ?? "";
        if (text is "" or "tanh")
        {
            return Activation.Tanh;
        }

        if (!silent)
        {
            layers.Note(
                ImportNoteKind.Assumed, name,
                $"the activation '{text}' is taken as Keras means it; RTNeural itself computes tanh.");
        }

        return KerasActivation.Of(text, name, Version, layers).RequireElementwise(name, "activation");
    }

    private static int LastAxis(JsonValue shape)
    {
        IReadOnlyList<JsonValue> axes = shape.Items();
        return axes.Count > 0 ? axes[^1].Size() : throw shape.Unexpected("a shape with its features last");
    }
}
