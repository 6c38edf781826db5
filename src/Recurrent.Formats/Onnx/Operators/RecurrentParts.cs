using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>The attributes and weights of a recurrent operator, checked against each other as ONNX Runtime does.</summary>
internal sealed class RecurrentParts
{
    /// <summary>ONNX Runtime's LSTM whose weights are integers.</summary>
    public const string QuantizedLstm = "com.microsoft.DynamicQuantizeLSTM";

    private const int PeepholeInput = 7;

    private readonly NodeContext _context;
    private readonly ConstantValue _w;
    private readonly ConstantValue _r;
    private readonly ConstantValue? _b;
    private readonly ConstantValue? _p;

    private RecurrentParts(NodeContext context)
    {
        _context = context;
        _w = context.Constant(1, "W");
        _r = context.Constant(2, "R");
        _b = context.Optional(3) is null ? null : context.Constant(3, "B");
        _p = IsLstm && context.Optional(PeepholeInput) is not null ? context.Constant(PeepholeInput, "P") : null;
        BatchFirst = context.Node.Integer("layout", 0) switch
        {
            0 => false,
            1 => true,
            long other => throw context.Refuse($"layout: expected 0 or 1, found {other}"),
        };
        Specification = Specify();
    }

    public RecurrentSpecification Specification { get; }

    /// <summary>Whether the batch is the first axis of sequences and states.</summary>
    public bool BatchFirst { get; }

    public int InputSize => Specification.InputSize;

    private bool IsLstm => IsLstmOperator(_context.Node.Operator);

    private int Gates => IsLstm ? 4 : _context.Node.Operator == "GRU" ? 3 : 1;

    /// <summary>Whether an operator is an LSTM, by whatever kind of weights.</summary>
    public static bool IsLstmOperator(string name) => name is "LSTM" or QuantizedLstm;

    public static RecurrentParts Read(NodeContext context) => new(context);

    /// <summary>The weights of each direction, read from the file to where they stay.</summary>
    public CellWeights[] ReadWeights()
    {
        int[] places = GateOrder.Onnx.Places(Specification).ToArray();
        int[] peepholes = GateOrder.Onnx.PeepholePlaces.ToArray();
        CellWeights[] weights = new CellWeights[Specification.DirectionCount];
        for (int row = 0; row < weights.Length; row++)
        {
            weights[row] = CellWeights.Wrap(
                Blocks(_w, row, places, places.Length),
                Blocks(_r, row, places, places.Length),
                Blocks(_b, row, places, 2 * places.Length),
                Blocks(_b, row, [.. places.Select(place => places.Length + place)], 2 * places.Length),
                Blocks(_p, row, peepholes, peepholes.Length));
        }

        return weights;
    }

    private RecurrentSpecification Specify()
    {
        GraphNode node = _context.Node;
        Direction direction = node.Text("direction", "forward") switch
        {
            "forward" => Direction.Forward,
            "reverse" => Direction.Reverse,
            "bidirectional" => Direction.Bidirectional,
            string other => throw _context.Refuse($"direction: expected forward, reverse or bidirectional, found '{other}'"),
        };
        int directions = direction == Direction.Bidirectional ? 2 : 1;
        RequireMatrices(_w, "W");
        RequireMatrices(_r, "R");
        int hidden = Size(node.Has("hidden_size") ? node.Integer("hidden_size", 0) : _r.Dimensions[2], "hidden_size");
        int input = Size(_w.Dimensions[2], "the input size");
        RequireShape(_w, "W", directions, (long)Gates * hidden, input);
        RequireShape(_r, "R", directions, (long)Gates * hidden, hidden);
        RequireShape(_b, "B", directions, 2L * Gates * hidden);
        RequireShape(_p, "P", directions, 3L * hidden);
        CellActivations[] activations = RecurrentActivations.Read(_context, directions);
        RecurrentSpecification specification = Cell(input, hidden, activations[0]) with
        {
            Direction = direction,
            Clip = Clip(),
        };
        return directions == 2 && activations[1] != activations[0]
            ? specification with { ReverseActivations = activations[1] }
            : specification;
    }

    private RecurrentSpecification Cell(int input, int hidden, CellActivations activations) => _context.Node.Operator switch
    {
        _ when IsLstm => new LstmSpecification
        {
            InputSize = input,
            HiddenSize = hidden,
            GateActivation = activations.Gate,
            CandidateActivation = activations.Candidate,
            OutputActivation = activations.Output,
            Coupling = _context.Node.Integer("input_forget", 0) == 0 ? GateCoupling.None : GateCoupling.ForgetFromInput,
        },
        "GRU" => new GruSpecification
        {
            InputSize = input,
            HiddenSize = hidden,
            ResetAfter = _context.Node.Integer("linear_before_reset", 0) != 0,
            GateActivation = activations.Gate,
            CandidateActivation = activations.Candidate,
        },
        _ => new SimpleRnnSpecification
        {
            InputSize = input,
            HiddenSize = hidden,
            Activation = activations.Candidate,
        },
    };

    private float Clip()
    {
        float clip = _context.Node.Single("clip", float.MaxValue);
        if (!(clip > 0))
        {
            throw _context.Refuse($"clip: expected a value above 0, found {clip}");
        }

        return clip >= float.MaxValue ? 0 : clip;
    }

    private int Size(long value, string what) =>
        value is >= 1 and <= LayerSpecification.MaxSize
            ? (int)value
            : throw _context.Refuse($"{what}: expected 1 to {LayerSpecification.MaxSize}, found {value}");

    private void RequireMatrices(ConstantValue value, string name)
    {
        if (value.Rank != 3 || value.IsSpread)
        {
            throw _context.Refuse($"{name}: expected the shape [directions, rows, columns], found {value}");
        }
    }

    private void RequireShape(ConstantValue? value, string name, params long[] shape)
    {
        bool fits = value is null || (value.Tensor.IsFloating && !value.IsSpread
            && value.Dimensions.Select(length => (long)length).SequenceEqual(shape));
        if (!fits)
        {
            throw _context.Refuse($"Input {name} must have shape {{{string.Join(",", shape)}}}, "
                + $"found {{{string.Join(",", value!.Dimensions)}}}");
        }
    }

    /// <summary>Some of the equal blocks of one direction, in another order.</summary>
    private ReadOnlyMemory<float> Blocks(ConstantValue? value, int row, int[] blocks, int blockCount)
    {
        if (value is null)
        {
            return default;
        }

        int all = value.Tensor.ElementCount / value.Dimensions[0];
        int size = all / blockCount;
        _context.Take((long)size * blocks.Length, areFloating: true);
        float[] read = new float[size * blocks.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            value.Tensor.Storage.Read((row * all) + (blocks[i] * size), read.AsSpan(i * size, size));
        }

        return read;
    }
}
