using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Captures;

/// <summary>
/// The recurrent network of a <c>.nam</c> file. Its weights: of each layer the matrix over input and state <c>[4H, I + H]</c> in
/// PyTorch's order of gates, the bias <c>[4H]</c>, the states that a stream starts from, <c>h [H]</c> and <c>c [H]</c>; then the
/// head, <c>[out, H]</c> and <c>[out]</c>.
/// </summary>
internal static class NamLstm
{
    public static ImportedModel Read(JsonValue config, JsonTensor weights, LayerListBuilder layers)
    {
        int inputSize = config["input_size"].Size();
        int hiddenSize = config["hidden_size"].Size();
        int layerCount = config["num_layers"].Integer(1, LayerListBuilder.MaxLayers - 1);
        int outputSize = config.Find("out_channels")?.Size() ?? 1;
        NamCapture.RequireCount(weights, Count(inputSize, hiddenSize, layerCount, outputSize));

        layers.DeclareInput(inputSize);
        JsonNumbers numbers = weights.Open();
        for (int i = 0; i < layerCount; i++)
        {
            layers.Add($"lstm_{i}", ReadLayer(ref numbers, layers.Size!.Value, hiddenSize));
        }

        layers.Add("head", NamCapture.TakeDense(ref numbers, hiddenSize, outputSize, hasBias: true));
        return layers.Build("NAM capture");
    }

    private static long Count(long input, long hidden, int layers, long output)
    {
        // Sizes are at most 2^20 and layers 2^10, so the largest term is below 2^54.
        long first = 4 * hidden * (input + hidden + 1);
        long further = 4 * hidden * (2 * hidden + 1);
        return first + ((layers - 1) * further) + (layers * 2 * hidden) + (output * (hidden + 1));
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
            NamCapture.Take(ref numbers, rows),
            initialHidden: NamCapture.Take(ref numbers, hiddenSize),
            initialCell: NamCapture.Take(ref numbers, hiddenSize));
        return new RecurrentLayer(
            new LstmSpecification { InputSize = inputSize, HiddenSize = hiddenSize }, weights);
    }
}
