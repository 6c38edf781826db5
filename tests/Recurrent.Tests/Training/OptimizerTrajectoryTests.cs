using System.Numerics;
using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Tests.Conventions;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>
/// Every optimizer, clipping, weight decay and truncated backpropagation over every kind of layer follow PyTorch's in
/// float64: tests/golden/make_trajectories.py names the same set-ups.
/// </summary>
public sealed class OptimizerTrajectoryTests
{
    private const int Units = 5;
    private const int Truncated = 4;

    private static readonly SafetensorsFile File =
        SafetensorsFile.Open(RepositoryTree.PathOf("tests/golden/training/trajectories.safetensors"));

    private static readonly Dictionary<string, SetUp> SetUps = new()
    {
        ["sgd"] = new(new Sgd(0.1), Gru()),
        ["momentum"] = new(new Sgd(0.03, 0.9), Lstm(), Lstm(Units)),
        ["nesterov"] = new(new Sgd(0.03, 0.9, nesterov: true), Rnn(Direction.Bidirectional)),
        ["rmsprop"] = new(
            new RmsProp(3e-3), Gru(1, Direction.Bidirectional), Gru(2 * Units, Direction.Bidirectional))
        {
            Loss = new MeanAbsoluteError(),
        },
        ["rmsprop_momentum"] = new(new RmsProp(3e-3, momentum: 0.5), Lstm(1, Direction.Bidirectional))
        {
            Loss = new Huber(0.3),
        },
        ["adam"] = new(new Adam(1e-2), Lstm() with { ProjectionSize = 3 }),
        ["adamw"] = new(new AdamW(1e-2, weightDecay: 0.1), Rnn(), Rnn(inputSize: Units)),
        ["weight_decay"] = new(new Sgd(0.1), Gru()) { Penalty = 0.01 },
        ["clip_norm"] = new(new Sgd(0.1) { GlobalClipNorm = 0.05 }, Lstm()) { Frozen = ParameterRole.RecurrentBias },
        ["clip_value"] = new(new Adam(1e-2) { ClipValue = 0.01 }, Gru()),
        ["truncated"] = new(new Adam(1e-2), Lstm(), Lstm(Units)) { Output = ModelOutput.EveryStep },
    };

    public static TheoryData<string> Names => [.. SetUps.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_reference_in_double_follows_PyTorch(string name)
    {
        using TrainableModel<double> model =
            TrainableModel.CreateReference<double>(SetUps[name].Definition(name), SetUps[name].Options());
        Require(model, name, loss: 1e-9, parameter: 1e-9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Native_training_follows_PyTorch(string name)
    {
        using TrainableModel<float> model = TrainableModel.Create(SetUps[name].Definition(name), SetUps[name].Options());
        Require(model, name, loss: 1e-4, parameter: 1e-3);
    }

    private static void Require<T>(TrainableModel<T> model, string name, double loss, double parameter)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        SetUp how = SetUps[name];
        model.SetParameters(Values<T>(name, "init"));
        model.Compile(how.Optimizer, how.Loss);
        double[] losses = File[$"{name}.loss"].ToDoubles();
        int pieces = how.Output == ModelOutput.EveryStep ? 2 : 1;
        History history = model.Fit(
            Sequences.Of(Values<T>(name, "x"), (int)File[$"{name}.x"].Shape[0]),
            Values<T>(name, "y"),
            new FitOptions<T>
            {
                Epochs = losses.Length / (4 * pieces),
                BatchSize = 8,
                Shuffle = false,
                TruncatedSteps = pieces > 1 ? Truncated : 0,
            });

        T[] final = new T[model.ParameterCount];
        model.GetParameters(final);
        // PyTorch does not count the penalty.
        if (how.Penalty == 0)
        {
            RequireNear(losses, [.. history.BatchLosses], loss, $"loss of {name}");
        }

        RequireNear(
            File[$"{name}.final"].ToDoubles(), Array.ConvertAll(final, double.CreateChecked), parameter, name);
    }

    private static void RequireNear(double[] expected, double[] found, double tolerance, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        double largest = expected.Max(Math.Abs);
        int worst = Enumerable.Range(0, found.Length).MaxBy(i => Math.Abs(found[i] - expected[i]));
        Assert.True(
            Math.Abs(found[worst] - expected[worst]) <= tolerance * largest,
            $"{what}[{worst}]: expected {expected[worst]:R}, found {found[worst]:R}.");
    }

    private static T[] Values<T>(string name, string tensor)
        where T : INumber<T> => Array.ConvertAll(File[$"{name}.{tensor}"].ToDoubles(), T.CreateChecked);

    private static LstmSpecification Lstm(int inputSize = 1, Direction direction = Direction.Forward) =>
        new() { InputSize = inputSize, HiddenSize = Units, Direction = direction };

    private static GruSpecification Gru(int inputSize = 1, Direction direction = Direction.Forward) =>
        new() { InputSize = inputSize, HiddenSize = Units, Direction = direction };

    private static SimpleRnnSpecification Rnn(Direction direction = Direction.Forward, int inputSize = 1) =>
        new() { InputSize = inputSize, HiddenSize = Units, Direction = direction };

    private sealed record SetUp(Optimizer Optimizer, params IReadOnlyList<RecurrentSpecification> Recurrent)
    {
        public Loss Loss { get; init; } = new MeanSquaredError();

        public ModelOutput Output { get; init; } = ModelOutput.LastStep;

        public double Penalty { get; init; }

        public ParameterRole? Frozen { get; init; }

        public TrainingOptions Options() => new()
        {
            Trainable = block => block.Role != Frozen,
            Regularizers =
                [.. Enumerable.Repeat(new LayerRegularizers(L2, L2, L2), Penalty == 0 ? 0 : Recurrent.Count + 1)],
        };

        private Regularizer L2 => new(L2: Penalty);

        /// <summary>The model; its parameters are set in full precision afterwards.</summary>
        public ModelDefinition Definition(string name)
        {
            float[] values = Values<float>(name, "init");
            int at = 0;
            float[] Next(int count) => values[at..(at += count)];
            List<Layer> layers = [];
            foreach (RecurrentSpecification cell in Recurrent)
            {
                int rows = cell.GateCount * cell.HiddenSize;
                int projected = cell is LstmSpecification { ProjectionSize: > 0 } lstm ? lstm.ProjectionSize : 0;
                CellWeights[] directions =
                [
                    .. Enumerable.Range(0, cell.DirectionCount).Select(_ => new CellWeights(
                        Next(rows * cell.InputSize), Next(rows * cell.StateSize), Next(rows), Next(rows),
                        [], Next(projected * cell.HiddenSize))),
                ];
                layers.Add(new RecurrentLayer(cell, directions));
            }

            int width = Recurrent[^1].OutputSize;
            layers.Add(new DenseLayer(
                new DenseSpecification { InputSize = width, OutputSize = 1 }, new DenseWeights(Next(width), Next(1))));
            return new ModelDefinition(layers, Output);
        }
    }
}
