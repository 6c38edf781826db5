namespace Recurrent.Formats.Onnx;

/// <summary>The body of a loop, followed symbolically for one step.</summary>
internal sealed class LoopBody
{
    private readonly NodeContext _context;
    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _same = new(StringComparer.Ordinal);
    private readonly BodyOperators _operators;

    /// <summary>Follows the body.</summary>
    /// <param name="context">The loop.</param>
    /// <param name="graph">Its body.</param>
    public LoopBody(NodeContext context, OnnxGraph graph)
    {
        _context = context;
        _graph = graph;
        Inputs = [.. graph.FormalInputs.Select(input => input.Name)];
        Outputs = [.. graph.Outputs];
        CarriedCount = context.InputCount - 2;
        if (CarriedCount < 0 || Inputs.Count != CarriedCount + 2 || Outputs.Count < CarriedCount + 1)
        {
            throw context.Refuse($"expected a body of {CarriedCount + 2} inputs and at least {CarriedCount + 1} outputs, found "
                + $"{Inputs.Count} and {Outputs.Count}");
        }

        Algebra = new BodyAlgebra(context);
        foreach (GraphNode node in graph.Nodes.Where(node => node.Operator == "Identity" && node.Inputs.Count == 1 && node.Outputs.Count == 1))
        {
            _same[node.Outputs[0]] = node.Inputs[0];
        }

        _operators = new BodyOperators(Algebra, BatchOf());
        SetInputs();
        foreach (GraphNode node in graph.NeededNodes())
        {
            Run(node);
        }
    }

    public BodyAlgebra Algebra { get; }

    /// <summary>Values that go from step to step.</summary>
    public int CarriedCount { get; }

    /// <summary>Values that are collected at every step.</summary>
    public int ScanCount => Outputs.Count - CarriedCount - 1;

    /// <summary>States by the index of the carried value.</summary>
    public Dictionary<int, StateAtom> States { get; } = [];

    public Axis? StepAxis => _operators.StepAxis;

    public Axis[]? BatchAxes => _operators.BatchAxes;

    private IReadOnlyList<string> Inputs { get; }

    private IReadOnlyList<string> Outputs { get; }

    /// <summary>Whether the loop goes on behind the step.</summary>
    public Value Condition => Find(Outputs[0]);

    /// <summary>Whether a carried value never changes.</summary>
    public bool IsInvariant(int carried) => Origin(Outputs[1 + carried]) == Inputs[2 + carried];

    /// <summary>A carried value behind the step.</summary>
    public Value Next(int carried) => Find(Outputs[1 + carried]);

    /// <summary>A value that is collected.</summary>
    public Value Scan(int scan) => Find(Outputs[1 + CarriedCount + scan]);

    /// <summary>The refusal of the loop for a reason that its body has.</summary>
    public static ModelFormatException Refuse(NodeContext context, string reason, Exception? inner = null)
    {
        ModelFormatException refusal = context.Refuse(
            $"its body is not the cell of an LSTM, a GRU or a simple RNN: {reason.TrimEnd('.')}. Of a Keras model, load the .keras or .h5 file");
        return inner is null ? refusal : new ModelFormatException(refusal.Message, inner);
    }

    private string Origin(string name)
    {
        for (int i = 0; i <= _same.Count && _same.TryGetValue(name, out string? from); i++)
        {
            name = from;
        }

        return name;
    }

    /// <summary>Rows of the batch that the states have; one if there is no state.</summary>
    private Extent BatchOf()
    {
        for (int i = 0; i < CarriedCount; i++)
        {
            if (!IsInvariant(i) && StateShape(_context.Required(2 + i)) is { } shape)
            {
                return shape.Batch;
            }
        }

        return Extent.Of(1);
    }

    /// <summary>The shape of a value that a state may begin with: rows of the batch by features; null if it is none.</summary>
    private static (Extent Batch, long Units)? StateShape(Value value) => value switch
    {
        ConstantValue { Tensor.IsFloating: true, Rank: 2 } constant when constant.Shape[1].Known is > 0 and { } units =>
            (constant.Shape[0], units),
        FlowValue { Rank: 2 } flow when Extent.Of(flow.Groups[1]).Known is > 0 and { } units => (Extent.Of(flow.Groups[0]), units),
        _ => null,
    };

    private void SetInputs()
    {
        _values[Inputs[0]] = new StepValue(0, isScalar: true);
        _values[Inputs[1]] = new ConditionValue([]);
        for (int i = 0; i < CarriedCount; i++)
        {
            Value initial = _context.Required(2 + i);
            if (IsInvariant(i))
            {
                _values[Inputs[2 + i]] = initial;
            }
            else if (StateShape(initial) is { } shape)
            {
                StateAtom state = new(i, Inputs[2 + i], (int)Math.Min(shape.Units, int.MaxValue));
                States.Add(i, state);
                _values[Inputs[2 + i]] = new RowsValue(Algebra.Of(state), [BodyDimension.Batch, BodyDimension.Features]);
            }
            else
            {
                _values[Inputs[2 + i]] = initial is ConstantValue { IsSpread: false, Rank: <= 1, Tensor: { IsFloating: false, ElementCount: 1 } } number
                    && number.Integers().Span[0] is > -int.MaxValue and < int.MaxValue and var begin
                    ? new StepValue(begin, number.Rank == 0)
                    : throw _context.Refuse($"expected states [batch, features] or a number of steps to be carried, found {initial}");
            }
        }
    }

    private void Run(GraphNode node)
    {
        if (!_context.Interpreter.TryTakeNode(node))
        {
            throw _context.Refuse("its body is too much for a file of this size");
        }

        Value?[] inputs = [.. node.Inputs.Select(name => name.Length == 0 ? null : Find(name))];
        NodeContext context = new(node, inputs, _context.Interpreter);
        bool isConstant = inputs.All(value => value is null or ConstantValue or ExtentsValue or SpreadExtent) && node.Captured.Count == 0;
        IReadOnlyList<Value?> outputs;
        try
        {
            outputs = isConstant ? Operators.Apply(context) : _operators.Apply(context);
        }
        catch (ModelFormatException e)
        {
            throw Refuse(_context, $"at {e.Message}", e);
        }

        for (int i = 0; i < node.Outputs.Count && i < outputs.Count; i++)
        {
            if (node.Outputs[i].Length > 0 && outputs[i] is { } value)
            {
                _values[node.Outputs[i]] = value;
            }
        }
    }

    private Value Find(string name)
    {
        if (!_values.TryGetValue(name, out Value? value))
        {
            value = _graph.Initializers.TryGetValue(name, out TensorProto? tensor)
                ? new ConstantValue(_context.Interpreter.Read(tensor))
                : _context.Interpreter.Find(name) ?? throw _context.Refuse($"nothing in its body or around it makes '{name}'");
            _values.Add(name, value);
        }

        return value;
    }
}
