using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>
/// One state of one direction of a layer: a block of <c>h0</c> and <c>hn</c>, or of <c>c0</c> and <c>cn</c>.
/// </summary>
internal readonly record struct GoldenState(StateAddress Address, int Offset, int Length);

/// <summary>A case, read and checked: layers, inputs, states and expected outputs.</summary>
internal sealed class GoldenCase : ILoadedCase
{
    private readonly Dictionary<StateKind, float[]> _initialStates = [];

    private GoldenCase(GoldenIndexEntry entry, IReadOnlyList<RecurrentLayer> layers)
    {
        Layers = layers;
        Model = new ModelDefinition(
            layers,
            layout: entry.BatchFirst && !entry.Unbatched ? SequenceLayout.BatchMajor : SequenceLayout.TimeMajor,
            emptyRow: entry.Variant?.EmptyRow ?? EmptyRow.KeepsState);
        Time = entry.Time;
        Batch = entry.Unbatched ? 1 : entry.Batch;
        Lengths = entry.Lengths;
        States = [.. EnumerateStates()];
    }

    private IReadOnlyList<RecurrentLayer> Layers { get; }

    private ModelDefinition Model { get; }

    private int Time { get; }

    private int Batch { get; }

    private int[]? Lengths { get; }

    private float[] Input { get; init; } = [];

    /// <summary>Every state of every layer and direction, in PyTorch's order.</summary>
    public IReadOnlyList<GoldenState> States { get; }

    private IReadOnlyList<ExpectedTensor> Outputs { get; init; } = [];

    private RecurrentSpecification FirstLayer => Layers[0].Specification;

    public static GoldenCase Create(GoldenIndexEntry entry, SafetensorsFile file)
    {
        IReadOnlyList<RecurrentLayer> layers = GoldenLayers.Create(entry, file);
        RequireSequence(entry);
        RecurrentSpecification last = layers[^1].Specification;
        long[] steps = entry.Unbatched ? [entry.Time]
            : entry.BatchFirst ? [entry.Batch, entry.Time] : [entry.Time, entry.Batch];
        long[] rows = entry.Unbatched ? [] : [entry.Batch];
        long directions = layers.Count * last.DirectionCount;
        long[] hidden = [directions, .. rows, last.StateSize];
        long[] cell = [directions, .. rows, last.HiddenSize];

        var outputs = new List<ExpectedTensor>
        {
            ReadOutput(entry, file, "y", [.. steps, last.OutputSize]),
            ReadOutput(entry, file, "hn", hidden),
        };
        if (last.HasCellState)
        {
            outputs.Add(ReadOutput(entry, file, "cn", cell));
        }

        var golden = new GoldenCase(entry, layers)
        {
            Input = Read(file, "x", [.. steps, layers[0].Specification.InputSize]).ToSingles(),
            Outputs = outputs,
        };
        golden.ReadInitialState(file, "h0", StateKind.Hidden, hidden);
        golden.ReadInitialState(file, "c0", StateKind.Cell, cell);
        return golden;
    }

    /// <summary>What a path is asked to compute.</summary>
    public SequenceRequest Request => new()
    {
        Model = Model,
        Batch = Batch,
        Time = Time,
        Input = Input,
        Lengths = Lengths,
        InitialStates = [.. States.Where(IsInitialized).Select(state => (state.Address, InitialState(state)))],
        FinalStates = [.. States.Select(state => state.Address)],
    };

    /// <summary>Computes the outputs <c>y</c>, <c>hn</c> and, for an LSTM, <c>cn</c>.</summary>
    public IReadOnlyList<TensorResult> Check(VerifyPath path)
    {
        SequenceResult result = path.Compute(Request);
        PassRule rule = path.IsDouble ? PassRule.Double : PassRule.Single;
        return [.. Outputs.Select(expected => rule.Check(expected, Actual(result, expected)))];
    }

    private static ExpectedTensor ReadOutput(GoldenIndexEntry entry, SafetensorsFile file, string name, long[] shape)
    {
        if (entry.F32Err.GetValueOrDefault(name) is not [>= 0 and < double.PositiveInfinity and double error, _])
        {
            throw new UnusableInputException($"f32_err: expected the error and the largest value of '{name}'.");
        }

        return new ExpectedTensor(name, shape, Read(file, name + ".f64", shape).ToDoubles(), error);
    }

    private static SafetensorsTensor Read(SafetensorsFile file, string name, long[] shape)
    {
        SafetensorsTensor tensor = file[name];
        return tensor.Shape.SequenceEqual(shape)
            ? tensor
            : throw new UnusableInputException(
                $"tensor '{name}': expected shape [{string.Join(", ", shape)}], as the index has it, "
                + $"found [{string.Join(", ", tensor.Shape)}].");
    }

    private double[] Actual(SequenceResult result, ExpectedTensor expected)
    {
        if (expected.Name == "y")
        {
            return result.Output;
        }

        StateKind kind = expected.Name == "hn" ? StateKind.Hidden : StateKind.Cell;
        return [.. States.Zip(result.FinalStates).Where(pair => pair.First.Address.Kind == kind)
            .SelectMany(pair => pair.Second)];
    }

    private bool IsInitialized(GoldenState state) => _initialStates.ContainsKey(state.Address.Kind);

    private ReadOnlyMemory<float> InitialState(GoldenState state) =>
        _initialStates[state.Address.Kind].AsMemory(state.Offset, state.Length);

    private static void RequireSequence(GoldenIndexEntry entry)
    {
        if (entry.Time < 0 || entry.Batch < 0)
        {
            throw new UnusableInputException($"T and B: expected 0 or more, found {entry.Time} and {entry.Batch}.");
        }

        if (entry.Lengths is { } lengths
            && (entry.Unbatched || lengths.Length != entry.Batch || lengths.Any(n => n < 0 || n > entry.Time)))
        {
            throw new UnusableInputException(
                $"lengths: expected {entry.Batch} values from 0 to T = {entry.Time}, "
                + $"found {string.Join(", ", lengths)}.");
        }
    }

    private void ReadInitialState(SafetensorsFile file, string name, StateKind kind, long[] shape)
    {
        if (file.Tensors.ContainsKey(name))
        {
            if (kind == StateKind.Cell && !FirstLayer.HasCellState)
            {
                throw new UnusableInputException($"tensor '{name}': only an LSTM has a cell state.");
            }

            _initialStates.Add(kind, Read(file, name, shape).ToSingles());
        }
    }

    private IEnumerable<GoldenState> EnumerateStates()
    {
        StateKind[] kinds = FirstLayer.HasCellState ? [StateKind.Hidden, StateKind.Cell] : [StateKind.Hidden];
        Direction[] directions = FirstLayer.Direction == Direction.Bidirectional
            ? [Direction.Forward, Direction.Reverse]
            : [FirstLayer.Direction];
        foreach (StateKind kind in kinds)
        {
            int length = Batch * (kind == StateKind.Cell ? FirstLayer.HiddenSize : FirstLayer.StateSize);
            int offset = 0;
            for (int layer = 0; layer < Layers.Count; layer++)
            {
                foreach (Direction direction in directions)
                {
                    yield return new GoldenState(new StateAddress(layer, direction, kind), offset, length);
                    offset += length;
                }
            }
        }
    }
}
