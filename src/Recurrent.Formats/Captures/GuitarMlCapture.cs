using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Captures;

/// <summary>
/// A capture of the GuitarML family (Proteus, NeuralPi, AIDA-X's trainer): <c>model_data</c> says what the network is,
/// <c>state_dict</c> has the parameters of its PyTorch modules <c>rec</c> and <c>lin</c>. With <c>skip</c>, the first
/// input features are added to the output.
/// </summary>
internal static class GuitarMlCapture
{
    private const string Model = "SimpleRNN";

    public static ImportedModel Read(JsonValue root)
    {
        JsonValue data = root["model_data"];
        JsonValue state = root["state_dict"];
        if (data.Find("model")?.Text() is { } model && model != Model)
        {
            throw new ModelFormatException(
                $"'model_data.model': '{model}' is not supported; expected '{Model}', one recurrent stack and a linear "
                + "layer.");
        }

        int outputSize = data["output_size"].Size();
        var layers = new LayerListBuilder(root.Budget, data["input_size"].Size());
        var unread = state.Properties().Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        int layerCount = data.Find("num_layers")?.Integer(1, LayerListBuilder.MaxLayers - 2) ?? 1;
        for (int i = 0; i < layerCount; i++)
        {
            layers.Add($"rec_l{i}", ReadLayer(data, state, layers.Size!.Value, i, unread));
        }

        layers.Add("lin", ReadLinear(data, state, layers.Size!.Value, outputSize, unread));
        if (unread.Count > 0)
        {
            throw new ModelFormatException(
                $"'state_dict': '{unread.Order(StringComparer.Ordinal).First()}' belongs to nothing that 'model_data' "
                + "describes.");
        }

        AddSkip(layers, data, outputSize);
        return CaptureText.Describe(root, layers.Build("GuitarML capture"), "model_data", "state_dict");
    }

    private static RecurrentLayer ReadLayer(
        JsonValue data, JsonValue state, int inputSize, int index, HashSet<string> unread)
    {
        RecurrentSpecification specification = Specify(data, inputSize);
        int rows = specification.GateCount * specification.HiddenSize;
        float[] Take(string parameter, params ReadOnlySpan<int> shape)
        {
            string name = $"rec.{parameter}_l{index}";
            unread.Remove(name);
            return JsonTensor.Of(state[name]).Require(shape);
        }

        bool hasBias = state.Find($"rec.bias_ih_l{index}") is not null;
        var weights = CellWeights.Wrap(
            Take("weight_ih", rows, inputSize),
            Take("weight_hh", rows, specification.HiddenSize),
            hasBias ? Take("bias_ih", rows) : default(ReadOnlyMemory<float>),
            hasBias ? Take("bias_hh", rows) : default(ReadOnlyMemory<float>));
        return new RecurrentLayer(specification, weights);
    }

    private static RecurrentSpecification Specify(JsonValue data, int inputSize)
    {
        int hiddenSize = data["hidden_size"].Size();
        string unit = data["unit_type"].Text();
        return unit switch
        {
            "LSTM" => new LstmSpecification { InputSize = inputSize, HiddenSize = hiddenSize },
            "GRU" => new GruSpecification { InputSize = inputSize, HiddenSize = hiddenSize },
            "RNN" => new SimpleRnnSpecification { InputSize = inputSize, HiddenSize = hiddenSize },
            _ => throw new ModelFormatException(
                $"'model_data.unit_type': '{unit}' is not supported; expected LSTM, GRU or RNN."),
        };
    }

    private static DenseLayer ReadLinear(
        JsonValue data, JsonValue state, int hiddenSize, int outputSize, HashSet<string> unread)
    {
        const string Weight = "lin.weight";
        const string Bias = "lin.bias";
        float[] bias = state.Find(Bias) is { } found ? JsonTensor.Of(found).Require(outputSize) : [];
        if (bias.Length == 0 && data.Find("bias_fl") is { } flag && IsSet(flag))
        {
            throw new ModelFormatException($"'state_dict' has no '{Bias}', which 'model_data.bias_fl' asks for.");
        }

        unread.Remove(Weight);
        unread.Remove(Bias);
        var specification = new DenseSpecification { InputSize = hiddenSize, OutputSize = outputSize };
        float[] kernel = JsonTensor.Of(state[Weight]).Require(outputSize, hiddenSize);
        return new DenseLayer(specification, DenseWeights.Wrap(kernel, bias));
    }

    private static void AddSkip(LayerListBuilder layers, JsonValue data, int outputSize)
    {
        if (data.Find("skip") is not { } value)
        {
            return;
        }

        // The trainer adds the first 'skip' features. One feature it would add to every output.
        int skip = value.IsNumber ? value.Integer(0, LayerSpecification.MaxSize) : IsSet(value) ? 1 : 0;
        if (skip != 0 && skip != outputSize)
        {
            throw value.Unexpected($"0, or {outputSize}, as many as there are outputs");
        }

        if (skip != 0)
        {
            layers.AddResidual("skip", begin: 0);
        }
    }

    private static bool IsSet(JsonValue flag) => flag.IsNumber ? flag.Integer(0, 1) == 1 : flag.Flag();
}
