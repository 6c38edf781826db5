using Recurrent.Cli.Data;
using Recurrent.Layers;

namespace Recurrent.Cli.Tests.Commands;

/// <summary>Model and data files for commands, in a folder of their own.</summary>
internal sealed class CommandFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>A real capture: one feature in, one out, 48 kHz.</summary>
    public static string Capture => GoldenFiles.PathOf("nam", "BossLSTM-1x16.nam");

    public string PathOf(string name) => Path.Combine(_folder.Path, name);

    /// <summary>An LSTM and a dense layer with random weights, as a PyTorch file.</summary>
    public string Model(
        string name = "model.safetensors",
        int input = 3,
        int output = 2,
        Direction direction = Direction.Forward,
        ModelOutput puts = ModelOutput.EveryStep,
        int seed = 1) => Save(name, Definition(input, output, direction, puts, seed));

    public string Save(string name, ModelDefinition definition)
    {
        PyTorchExport.Save(definition, PathOf(name));
        return PathOf(name);
    }

    public static ModelDefinition Definition(
        int input = 3,
        int output = 2,
        Direction direction = Direction.Forward,
        ModelOutput puts = ModelOutput.EveryStep,
        int seed = 1)
    {
        const int Hidden = 5;
        Random random = new(seed);
        var lstm = new LstmSpecification { InputSize = input, HiddenSize = Hidden, Direction = direction };
        CellWeights Weights() =>
            new(Values(20 * input, random), Values(20 * Hidden, random), Values(20, random), Values(20, random));
        var dense = new DenseSpecification { InputSize = lstm.OutputSize, OutputSize = output };
        return new ModelDefinition(
            [
                new RecurrentLayer(lstm, [.. Enumerable.Range(0, lstm.DirectionCount).Select(_ => Weights())]),
                new DenseLayer(dense, new DenseWeights(Values(output * lstm.OutputSize, random), Values(output, random))),
            ],
            puts);
    }

    /// <summary>A model that takes indices below 7.</summary>
    public string IndexModel()
    {
        Random random = new(2);
        var embedding = new EmbeddingSpecification { InputSize = 7, OutputSize = 4 };
        var gru = new GruSpecification { InputSize = 4, HiddenSize = 3 };
        PyTorchExport.Save(
            new ModelDefinition(
            [
                new EmbeddingLayer(embedding, Values(28, random)),
                new RecurrentLayer(
                    gru,
                    new CellWeights(Values(36, random), Values(27, random), Values(9, random), Values(9, random))),
            ]),
            PathOf("indices.safetensors"));
        return PathOf("indices.safetensors");
    }

    /// <summary>Random numbers in a file.</summary>
    public string Data(string name, params int[] shape)
    {
        int count = shape.Aggregate(1, (product, size) => product * size);
        return Data(name, new DataArray(shape, Values(count, new Random(3))) { SampleRate = 48000 });
    }

    public string Data(string name, DataArray array)
    {
        DataFile.Write(PathOf(name), array);
        return PathOf(name);
    }

    public string Text(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public void Dispose() => _folder.Dispose();

    private static float[] Values(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
