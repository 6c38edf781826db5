using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Captures;

/// <summary>
/// A capture of Neural Amp Modeler (<c>.nam</c>) whose architecture is <c>LSTM</c>. Its <c>weights</c> are one list: of
/// each layer the matrix over input and state <c>[4H, I + H]</c> in PyTorch's order of gates, the bias <c>[4H]</c>, the
/// states that a stream starts from, <c>h [H]</c> and <c>c [H]</c>; then the head, <c>[out, H]</c> and <c>[out]</c>.
/// </summary>
internal static class NamCapture
{
    private const string Architecture = "LSTM";

    // What the format's own program takes where a file does not say it.
    private const int DefaultSampleRate = 48_000;

    public static ImportedModel Read(JsonValue root)
    {
        string architecture = root["architecture"].Text();
        if (architecture != Architecture)
        {
            throw new ModelFormatException(
                $"'architecture': '{architecture}' is not supported; expected '{Architecture}', the recurrent one.");
        }

        JsonValue config = root["config"];
        int inputSize = config["input_size"].Size();
        int hiddenSize = config["hidden_size"].Size();
        int layerCount = config["num_layers"].Integer(1, LayerListBuilder.MaxLayers - 1);
        int outputSize = config.Find("out_channels")?.Size() ?? 1;
        JsonTensor weights = JsonTensor.Of(root["weights"]);
        RequireCount(weights, Count(inputSize, hiddenSize, layerCount, outputSize));

        var layers = new LayerListBuilder(root.Budget, inputSize);
        JsonNumbers numbers = weights.Open();
        for (int i = 0; i < layerCount; i++)
        {
            layers.Add($"lstm_{i}", ReadLayer(ref numbers, layers.Size!.Value, hiddenSize));
        }

        layers.Add("head", ReadHead(ref numbers, hiddenSize, outputSize));
        if (CaptureText.FindSampleRate(root) is null)
        {
            layers.Note(
                ImportNoteKind.Assumed, "sample_rate", $"{DefaultSampleRate} Hz, because the file does not say it.");
        }

        ImportedModel model = CaptureText.Describe(
            root, layers.Build("NAM capture"), "architecture", "config", "weights");
        return model with { SampleRate = model.SampleRate ?? DefaultSampleRate };
    }

    private static long Count(long input, long hidden, int layers, long output)
    {
        // Sizes are at most 2^20 and layers 2^10, so the largest term is below 2^54.
        long first = 4 * hidden * (input + hidden + 1);
        long further = 4 * hidden * (2 * hidden + 1);
        return first + ((layers - 1) * further) + (layers * 2 * hidden) + (output * (hidden + 1));
    }

    private static void RequireCount(JsonTensor weights, long expected)
    {
        if (weights.Shape.Count != 1 || weights.Count != expected)
        {
            throw new ModelFormatException(
                $"'weights': expected {expected} numbers, as 'config' says, found {weights}.");
        }
    }

    private static RecurrentLayer ReadLayer(ref JsonNumbers numbers, int inputSize, int hiddenSize)
    {
        int rows = 4 * hiddenSize;
        float[] inputWeights = new float[rows * inputSize];
        float[] recurrentWeights = new float[rows * hiddenSize];
        for (int row = 0; row < rows; row++)
        {
            numbers.Read(inputWeights.AsSpan(row * inputSize, inputSize));
            numbers.Read(recurrentWeights.AsSpan(row * hiddenSize, hiddenSize));
        }

        var weights = CellWeights.Wrap(
            inputWeights,
            recurrentWeights,
            Take(ref numbers, rows),
            initialHidden: Take(ref numbers, hiddenSize),
            initialCell: Take(ref numbers, hiddenSize));
        return new RecurrentLayer(
            new LstmSpecification { InputSize = inputSize, HiddenSize = hiddenSize }, weights);
    }

    private static DenseLayer ReadHead(ref JsonNumbers numbers, int hiddenSize, int outputSize)
    {
        var specification = new DenseSpecification { InputSize = hiddenSize, OutputSize = outputSize };
        float[] kernel = Take(ref numbers, hiddenSize * outputSize);
        return new DenseLayer(specification, DenseWeights.Wrap(kernel, Take(ref numbers, outputSize)));
    }

    private static float[] Take(ref JsonNumbers numbers, int count)
    {
        var taken = new float[count];
        numbers.Read(taken);
        return taken;
    }
}
