using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>
/// Makes graphs layer by layer: a value that is there already, a layer that can read it, and others that go with it. Each layer
/// has random numbers of its own, so that a graph of fewer layers is the beginning of one of more.
/// </summary>
internal sealed class RandomGraphs
{
    private const int LargestSize = 40;

    private static readonly ActivationKind[] Smooth =
    [
        ActivationKind.Tanh, ActivationKind.Sigmoid, ActivationKind.Identity, ActivationKind.Affine,
        ActivationKind.ScaledTanh, ActivationKind.Softplus,
    ];

    private readonly GraphCase _case;
    private readonly ModelInput[] _inputs;
    private readonly List<LayerNode> _nodes = [];
    private IReadOnlyList<ModelValue> _values;

    private RandomGraphs(GraphCase @case)
    {
        _case = @case;
        Random random = new(~@case.Seed);
        _inputs = [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => CreateInput(random, i))];
        if (_inputs.All(input => input.Kind == ValueKind.Row))
        {
            _inputs[0] = _inputs[0] with { Kind = ValueKind.Sequence };
        }

        // A layer, so that there is a definition to ask for the values.
        _values = new ModelDefinition(_inputs, [AnyReader()], [new("first", _inputs.Length)]).Values;
        _values = [.. _values.Take(_inputs.Length)];
    }

    public static ModelDefinition Create(GraphCase @case) => new RandomGraphs(@case).Create();

    /// <summary>One line for every input, layer and output.</summary>
    public static string Describe(ModelDefinition model) => string.Join(
        Environment.NewLine,
        [
            .. model.Inputs.Select((input, i) => $"  {i}: {input}"),
            .. model.Nodes.Select((node, i) =>
                $"  {model.Inputs.Count + i}: {node.Layer.Specification} of {string.Join(", ", node.Inputs)}"),
            .. model.Outputs.Select(output => $"  {output}"),
        ]);

    private ModelDefinition Create()
    {
        for (int layer = 0; layer < _case.Layers; layer++)
        {
            Add(new Random(HashCode(_case.Seed, layer)));
        }

        Random random = new(HashCode(_case.Seed, -1));
        int first = _inputs.Length;
        List<int> outputs = [_values.Count - 1];
        for (int more = random.Next(3); more > 0; more--)
        {
            outputs.Add(random.Next(first, _values.Count));
        }

        return new ModelDefinition(
            _inputs,
            _nodes,
            [.. outputs.Distinct().Select((value, i) => new NamedOutput($"out{i}", value))],
            _case.Masking,
            emptyRow: _case.EmptyRow);
    }

    // Not that of the framework, which differs from process to process.
    private static int HashCode(int seed, int number) => unchecked((seed * 16777619) ^ (number * 374761393));

    private static ModelInput CreateInput(Random random, int index) => new(
        $"in{index}",
        random.Next(4) switch { 0 => ValueKind.Row, 1 => ValueKind.Indices, _ => ValueKind.Sequence },
        random.Next(2, 20));

    private LayerNode AnyReader()
    {
        int input = Array.FindIndex(_inputs, input => input.Kind != ValueKind.Row);
        return _inputs[input].Kind == ValueKind.Indices
            ? new(new LayerCase { Cell = CellKind.Embedding }.Create(_inputs[input].Size, new RandomFloats(1)), input)
            : new(new SoftmaxLayer(_inputs[input].Size), input);
    }

    private void Add(Random random)
    {
        for (int attempt = 0; ; attempt++)
        {
            // Mostly what has been put out last, so that graphs are deep.
            int value = random.Next(2) == 0 ? _values.Count - 1 : random.Next(_values.Count);
            LayerNode? node = Create(random, _values[value]);
            if (node is null && attempt < 20)
            {
                continue;
            }

            node ??= AnyReader();
            ModelDefinition model = new(
                _inputs, [.. _nodes, node], [new("last", _values.Count)], emptyRow: _case.EmptyRow);
            if (model.Values[^1].Size <= 4 * LargestSize
                && (!_case.CanStep || model.CanStep)
                && (_case.Masking is null || !node.Layer.Specification.ChangesSteps))
            {
                _nodes.Add(node);
                _values = model.Values;
                return;
            }
        }
    }

    private LayerNode? Create(Random random, ModelValue value)
    {
        RandomFloats floats = new(random.Next(), _case.Special);
        int number = value.Number;
        int size = value.Size;
        if (value.Kind == ValueKind.Indices)
        {
            return One(CellKind.Embedding);
        }

        if (random.Next(3) == 0)
        {
            return new RandomWindows(_case, AnyActivation).Create(random, floats, value, _values, LargestSize);
        }

        int choice = random.Next(value.Kind == ValueKind.Row ? 11 : 18);
        return choice switch
        {
            0 or 1 => One(CellKind.Dense),
            2 => One(CellKind.Activation),
            3 => One(CellKind.Softmax),
            4 => One(CellKind.Scale),
            5 => Residual(random, value),
            6 => Concatenation(random, value),
            7 => new(new SumLayer(size), [number, .. Alike(random, value, random.Next(1, 4))]),
            8 => new(new ProductLayer(size), [number, .. Alike(random, value, 1)]),
            9 => Slice(random, value),
            10 => value.Kind == ValueKind.Row
                ? new(new RepeatLayer(size, random.Next(2) == 0 ? 0 : random.Next(1, 6)), number)
                : new LayerNode(new LastStepLayer(size), number),
            11 => new(new LastStepsLayer(size, random.Next(1, 6)), number),
            12 => new(new ReverseLayer(size), number),
            13 => IsRecurrent(value) ? FinalState() : Recurrent(),
            _ => Recurrent(),
        };

        LayerNode One(CellKind cell) => new(
            new LayerCase
            {
                Cell = cell,
                Size = random.Next(1, LargestSize),
                InputBias = random.Next(4) != 0,
                Activations = new(default, AnyActivation(random), default),
            }.Create(size, floats),
            number);

        LayerNode FinalState()
        {
            LayerSpecification read = _nodes[number - _inputs.Length].Layer.Specification;
            return read is LstmSpecification lstm && !_case.CanStep && random.Next(2) == 0
                ? new(new FinalCellStateLayer(size, lstm.DirectionCount * lstm.HiddenSize), number)
                : new(new FinalStateLayer(size), number);
        }

        LayerNode Recurrent()
        {
            if (!_case.CanStep && random.Next(3) == 0 && StartingFromRows(random, floats, value) is { } started)
            {
                return started;
            }

            int hidden = random.Next(1, LargestSize);
            // A state that grows from step to step has no gradients that could be compared.
            bool isPlain = random.Next(2) == 0 || _case.Smooth;
            CellKind cell = CellKinds.Products[random.Next(4)];
            LayerCase layer = new()
            {
                Cell = cell,
                Size = hidden,
                Direction = _case.CanStep ? Direction.Forward : (Direction)random.Next(3),
                RecurrentBias = random.Next(2) == 0,
                TrainedState = random.Next(2) == 0,
                Activations = isPlain
                    ? CellActivations.Default
                    : new(AnyActivation(random), AnyActivation(random), AnyActivation(random)),
                Projection = cell == CellKind.Lstm && hidden > 1 && random.Next(3) == 0 ? random.Next(1, hidden) : 0,
                Peephole = random.Next(3) == 0,
            };
            return new(layer.Create(size, floats), number);
        }
    }

    /// <summary>A layer whose size is that of rows that there are, from which it starts; null if there are none.</summary>
    private LayerNode? StartingFromRows(Random random, RandomFloats floats, ModelValue sequence)
    {
        ModelValue[] rows = [.. _values.Where(value => value.Kind == ValueKind.Row && value.Size <= LargestSize)];
        if (rows.Length == 0)
        {
            return null;
        }

        ModelValue hidden = rows[random.Next(rows.Length)];
        CellKind cell = CellKinds.Products[random.Next(4)];
        Direction direction = hidden.Size % 2 == 0 ? (Direction)random.Next(3) : (Direction)random.Next(2);
        var layer = new LayerCase
        {
            Cell = cell,
            Size = direction == Direction.Bidirectional ? hidden.Size / 2 : hidden.Size,
            Direction = direction,
            RecurrentBias = random.Next(2) == 0,
            Activations = CellActivations.Default,
        };
        int[] states = cell == CellKind.Lstm && random.Next(4) != 0
            ? [hidden.Number, .. Alike(random, hidden, 1)]
            : [hidden.Number];
        return new(layer.Create(sequence.Size, floats), [sequence.Number, .. states]);
    }

    private Activation AnyActivation(Random random) => _case.Smooth
        ? new Activation(Smooth[random.Next(Smooth.Length)], 0.1f + random.NextSingle(), 0.1f + random.NextSingle())
        : SequenceCases.RandomActivation(random);

    private bool IsRecurrent(ModelValue value) =>
        value.Number >= _inputs.Length && _nodes[value.Number - _inputs.Length].Layer is RecurrentLayer;

    private LayerNode? Residual(Random random, ModelValue value)
    {
        if (_nodes.Count == 0)
        {
            return null;
        }

        int span = random.Next(1, _nodes.Count + 1);
        LayerNode start = _nodes[^span];
        ModelValue source = _values[start.Inputs.Count > 0 ? start.Inputs[0] : _inputs.Length + _nodes.Count - span - 1];
        return start.Inputs.Count <= 1 && source.Time == value.Time && source.Kind != ValueKind.Indices
            && source.Size >= value.Size
            ? new(new ResidualLayer(new ResidualSpecification { InputSize = value.Size, Span = span }), value.Number)
            : null;
    }

    private LayerNode Concatenation(Random random, ModelValue value)
    {
        int[] others =
        [
            .. _values.Where(other => other.Kind == value.Kind && other.Time == value.Time).Select(other => other.Number),
        ];
        int[] read =
        [
            .. Enumerable.Range(0, random.Next(3)).Select(_ => others[random.Next(others.Length)]),
            value.Number,
            .. Enumerable.Range(0, random.Next(2)).Select(_ => others[random.Next(others.Length)]),
        ];
        return new(new ConcatenationLayer(read.Sum(number => _values[number].Size)), read);
    }

    private static LayerNode Slice(Random random, ModelValue value)
    {
        int first = random.Next(value.Size);
        return new(new SliceLayer(value.Size, first, random.Next(1, value.Size - first + 1)), value.Number);
    }

    /// <summary>Values of the same kind, size and steps; the same one if there are no others.</summary>
    private IEnumerable<int> Alike(Random random, ModelValue value, int count)
    {
        ModelValue[] alike =
        [
            .. _values.Where(other =>
                other.Kind == value.Kind && other.Size == value.Size && other.Time == value.Time),
        ];
        return Enumerable.Range(0, count).Select(_ => alike[random.Next(alike.Length)].Number);
    }
}
