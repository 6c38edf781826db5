using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>A layer of a case: every option, weights apart.</summary>
internal sealed record LayerCase
{
    public required CellKind Cell { get; init; }

    /// <summary>Hidden size; output size of a dense layer.</summary>
    public required int Size { get; init; }

    public int Projection { get; init; }

    public Direction Direction { get; init; }

    public GateCoupling Coupling { get; init; }

    public bool Peephole { get; init; }

    public OutputPeephole OutputPeephole { get; init; }

    public bool InputBias { get; init; } = true;

    public bool StateBias { get; init; } = true;

    public float Clip { get; init; }

    public CellActivations Activations { get; init; } = CellActivations.Default;

    public CellActivations? ReverseActivations { get; init; }

    public int OutputSize => Cell == CellKind.Dense ? Size
        : (Projection > 0 ? Projection : Size) * (Direction == Direction.Bidirectional ? 2 : 1);

    /// <summary>Multiply-adds of a row's step.</summary>
    public long Work(int inputSize)
    {
        long gates = Cell switch { CellKind.Lstm => 4, CellKind.Gru or CellKind.GruResetBefore => 3, _ => 1 };
        long state = Cell == CellKind.Dense ? 0 : Projection > 0 ? Projection : Size;
        int directions = Direction == Direction.Bidirectional ? 2 : 1;
        return directions * ((gates * Size * (inputSize + state)) + ((long)Projection * Size));
    }

    public Layer Create(int inputSize, RandomFloats random)
    {
        if (Cell == CellKind.Dense)
        {
            DenseSpecification dense = new()
            {
                InputSize = inputSize,
                OutputSize = Size,
                Activation = Activations.Candidate,
            };
            return new DenseLayer(
                dense, new DenseWeights(random.Weights(Size, inputSize), InputBias ? random.Biases(Size) : []));
        }

        RecurrentSpecification specification = Specification(inputSize);
        RecurrentWeights[] directions =
            [.. Enumerable.Range(0, specification.DirectionCount).Select(_ => Weights(specification, random))];
        return new RecurrentLayer(specification, directions);
    }

    private RecurrentSpecification Specification(int inputSize)
    {
        RecurrentSpecification cell = Cell switch
        {
            CellKind.SimpleRnn => new SimpleRnnSpecification
            {
                InputSize = inputSize,
                HiddenSize = Size,
                Activation = Activations.Candidate,
            },
            CellKind.Lstm => new LstmSpecification
            {
                InputSize = inputSize,
                HiddenSize = Size,
                ProjectionSize = Projection,
                Coupling = Coupling,
                OutputPeephole = OutputPeephole,
                GateActivation = Activations.Gate,
                CandidateActivation = Activations.Candidate,
                OutputActivation = Activations.Output,
            },
            _ => new GruSpecification
            {
                InputSize = inputSize,
                HiddenSize = Size,
                ResetAfter = Cell == CellKind.Gru,
                GateActivation = Activations.Gate,
                CandidateActivation = Activations.Candidate,
            },
        };
        return cell with { Direction = Direction, Clip = Clip, ReverseActivations = ReverseActivations };
    }

    private RecurrentWeights Weights(RecurrentSpecification specification, RandomFloats random)
    {
        int rows = specification.GateCount * Size;
        return new RecurrentWeights(
            random.Weights(rows, specification.InputSize),
            random.Weights(rows, specification.StateSize),
            InputBias ? random.Biases(rows) : [],
            StateBias ? random.Biases(rows) : [],
            Cell == CellKind.Lstm && Peephole ? random.Biases(3 * Size) : [],
            Projection > 0 ? random.Weights(Projection, Size) : []);
    }
}
