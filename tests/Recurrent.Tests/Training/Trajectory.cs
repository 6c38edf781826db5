using System.Numerics;
using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Tests.Conventions;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>PyTorch's training of a small forecaster in float64: tests/golden/training.</summary>
internal sealed class Trajectory
{
    public const int Epochs = 20;
    public const int BatchSize = 32;

    private readonly SafetensorsFile _file =
        SafetensorsFile.Open(RepositoryTree.PathOf("tests/golden/training/airline_trajectory.safetensors"));

    public double[] BatchLosses => Values("batch_loss");

    public double[] Predictions => Values("pred_test");

    public static TrainingOptions Options => new()
    {
        Trainable = block => block.Role != ParameterRole.RecurrentBias,
    };

    public static Adam Optimizer => new(1e-3, epsilon: 1e-7);

    public double[] Values(string name) => _file[name].ToDoubles();

    public T[] Values<T>(string name)
        where T : INumber<T> =>
        Array.ConvertAll(Values(name), T.CreateChecked);

    public Sequences<T> X<T>(string name)
        where T : unmanaged, INumber<T> =>
        Sequences.Of(Values<T>(name), (int)_file[name].Shape[0]);

    /// <summary>The model, with parameters that are set in full precision afterwards.</summary>
    public ModelDefinition Definition()
    {
        CellWeights weights = new(
            Values<float>("init.lstm.weight_ih_l0"),
            Values<float>("init.lstm.weight_hh_l0"),
            Values<float>("init.lstm.bias_ih_l0"),
            Values<float>("init.lstm.bias_hh_l0"));
        LstmSpecification lstm = new() { InputSize = 1, HiddenSize = 20 };
        DenseSpecification dense = new() { InputSize = 20, OutputSize = 1 };
        DenseWeights output = new(Values<float>("init.dense.weight"), Values<float>("init.dense.bias"));
        return new ModelDefinition(
            [new RecurrentLayer(lstm, weights), new DenseLayer(dense, output)], ModelOutput.LastStep);
    }

    public T[] Parameters<T>(string when, IReadOnlyList<ParameterBlock> blocks)
        where T : INumber<T> =>
        [.. blocks.SelectMany(block => Values<T>($"{when}.{NameOf(block)}"))];

    public static string NameOf(ParameterBlock block) => (block.Layer, block.Role) switch
    {
        (0, ParameterRole.InputWeights) => "lstm.weight_ih_l0",
        (0, ParameterRole.RecurrentWeights) => "lstm.weight_hh_l0",
        (0, ParameterRole.InputBias) => "lstm.bias_ih_l0",
        (0, ParameterRole.RecurrentBias) => "lstm.bias_hh_l0",
        (1, ParameterRole.InputWeights) => "dense.weight",
        _ => "dense.bias",
    };
}
