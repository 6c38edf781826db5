using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>A layer of a case: every option, weights apart.</summary>
internal sealed record LayerCase
{
    public required CellKind Cell { get; init; }

    /// <summary>Hidden size; output size of a dense layer or an embedding. Pointwise layers do without.</summary>
    public int Size { get; init; } = 1;

    /// <summary>Layers that a residual connection goes around, or fewer if it would not fit.</summary>
    public int Span { get; init; } = 1;

    /// <summary>Whether the initial states are trained parameters.</summary>
    public bool TrainedState { get; init; }

    public int Projection { get; init; }

    public Direction Direction { get; init; }

    public GateCoupling Coupling { get; init; }

    public bool Peephole { get; init; }

    public OutputPeephole OutputPeephole { get; init; }

    public bool InputBias { get; init; } = true;

    public bool RecurrentBias { get; init; } = true;

    public float Clip { get; init; }

    public CellActivations Activations { get; init; } = CellActivations.Default;

    public CellActivations? ReverseActivations { get; init; }

    /// <summary>Steps of a window of a convolution.</summary>
    public int KernelSize { get; init; } = 3;

    public int Dilation { get; init; } = 1;

    /// <summary>Groups of a convolution, or fewer if the sizes have no such divisor.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether a convolution has its padding on both sides, and not before the first step alone.</summary>
    public bool Centered { get; init; }

    public int OutputSizeOf(int inputSize) => Cell.IsPointwise() ? inputSize
        : !Cell.IsRecurrent() ? Size
        : (Projection > 0 ? Projection : Size) * (Direction == Direction.Bidirectional ? 2 : 1);

    /// <summary>Multiply-adds of a row's step.</summary>
    public long Work(int inputSize)
    {
        if (!Cell.IsRecurrent())
        {
            return Cell switch
            {
                CellKind.Dense => (long)Size * inputSize,
                CellKind.Convolution => (long)Size * inputSize * KernelSize,
                _ => OutputSizeOf(inputSize),
            };
        }

        long gates = Cell switch { CellKind.Lstm => 4, CellKind.SimpleRnn => 1, _ => 3 };
        long state = Projection > 0 ? Projection : Size;
        int directions = Direction == Direction.Bidirectional ? 2 : 1;
        return directions * ((gates * Size * (inputSize + state)) + ((long)Projection * Size));
    }

    /// <summary>Makes the layer, of random weights.</summary>
    /// <param name="inputSize">Features that it takes; rows of the table of an embedding.</param>
    /// <param name="random">The weights.</param>
    /// <param name="before">The layers before, for a residual connection to start from.</param>
    public Layer Create(int inputSize, RandomFloats random, params IReadOnlyList<Layer> before) => Cell switch
    {
        CellKind.Dense => new DenseLayer(
            new DenseSpecification { InputSize = inputSize, OutputSize = Size, Activation = Activations.Candidate },
            new DenseWeights(random.Weights(Size, inputSize), InputBias ? random.Biases(Size) : [])),
        CellKind.Convolution => CreateConvolution(inputSize, random),
        CellKind.Embedding => new EmbeddingLayer(
            new EmbeddingSpecification { InputSize = inputSize, OutputSize = Size },
            random.Inputs(inputSize * Size)),
        CellKind.Activation => new ActivationLayer(inputSize, Activations.Candidate),
        CellKind.Softmax => new SoftmaxLayer(inputSize),
        CellKind.Scale => new ScaleLayer(
            random.Inputs(inputSize), InputBias ? random.Inputs(inputSize) : []),
        CellKind.Residual => CreateResidual(inputSize, before),
        _ => CreateRecurrent(inputSize, random),
    };

    private ConvolutionLayer CreateConvolution(int inputSize, RandomFloats random)
    {
        int reach = (KernelSize - 1) * Dilation;
        ConvolutionSpecification specification = new()
        {
            InputSize = inputSize,
            OutputSize = Size,
            KernelSize = KernelSize,
            Dilation = Dilation,
            Groups = Enumerable.Range(1, Groups).Last(groups => inputSize % groups == 0 && Size % groups == 0),
            PaddingBefore = Centered ? reach / 2 : reach,
            PaddingAfter = Centered ? reach - (reach / 2) : 0,
            Activation = Activations.Candidate,
        };
        return new ConvolutionLayer(specification, new ConvolutionWeights(
            random.Weights(Size, specification.RowLength),
            InputBias ? random.Biases(Size) : [],
            TrainedState && specification.IsCausal ? random.Inputs((int)specification.StateElements) : []));
    }

    private RecurrentLayer CreateRecurrent(int inputSize, RandomFloats random)
    {
        RecurrentSpecification specification = Specification(inputSize);
        CellWeights[] directions =
            [.. Enumerable.Range(0, specification.DirectionCount).Select(_ => Weights(specification, random))];
        return new RecurrentLayer(specification, directions);
    }

    /// <summary>A connection around as many layers as it can be, so that any case gives a model.</summary>
    private Layer CreateResidual(int inputSize, IReadOnlyList<Layer> before)
    {
        for (int span = Math.Min(Span, before.Count); span > 0; span--)
        {
            LayerSpecification source = before[^span].Specification;
            if (source is not EmbeddingSpecification && source.InputSize >= inputSize)
            {
                return new ResidualLayer(new ResidualSpecification { InputSize = inputSize, Span = span });
            }
        }

        return new ActivationLayer(inputSize, Activation.Softsign);
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

    private CellWeights Weights(RecurrentSpecification specification, RandomFloats random)
    {
        int rows = specification.GateCount * Size;
        return new CellWeights(
            random.Weights(rows, specification.InputSize),
            random.Weights(rows, specification.StateSize),
            InputBias ? random.Biases(rows) : [],
            RecurrentBias ? random.Biases(rows) : [],
            Cell == CellKind.Lstm && Peephole ? random.Biases(3 * Size) : [],
            Projection > 0 ? random.Weights(Projection, Size) : [],
            TrainedState ? random.Inputs(specification.StateSize) : [],
            TrainedState && Cell == CellKind.Lstm ? random.Inputs(Size) : []);
    }
}
