using Google.Protobuf;
using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>A call of one of PyTorch's own functions: what it is given, and the operators of graphs that do what it does.</summary>
internal sealed class ScriptArguments(
    ScriptInterpreter script,
    string function,
    int line,
    IReadOnlyList<object?> positional,
    IReadOnlyDictionary<string, object?> named)
{
    // The version of ONNX's operators whose defaults hold.
    public const int OperatorSet = 17;

    // Operators that have to know how many features there are: they have no weights that say it.
    private static readonly HashSet<string> Elementwise = new(StringComparer.Ordinal)
    {
        "Add", "Sub", "Mul", "Div", "Neg", "Concat", "Relu", "Tanh", "Sigmoid", "Softsign", "HardSigmoid", "LeakyRelu", "Elu", "Selu",
        "Softplus", "Celu", "Gelu", "HardSwish", "Mish", "ThresholdedRelu", "PRelu", "Clip", "Softmax", "LogSoftmax", "ReduceMean", "ReduceMax", "ReduceSum",
    };

    public ScriptInterpreter Script => script;

    /// <summary>Its name, <c>torch.relu</c>.</summary>
    public string Function => function;

    public int Line => line;

    public int Count => positional.Count;

    /// <summary>All arguments.</summary>
    public IEnumerable<object?> Values => positional.Concat(named.Values);

    /// <summary>The name of a layer that is made here.</summary>
    public string LayerName => script.Path.Length > 0 ? script.Path : function[(function.LastIndexOf('.') + 1)..].TrimEnd('_');

    /// <summary>An argument; null if it is None or left out.</summary>
    public object? Get(int index, string name) =>
        index < positional.Count ? positional[index] : named.GetValueOrDefault(name);

    /// <summary>A tensor, or a number as one; null if it is None or left out.</summary>
    public Value? OptionalTensor(int index, string name) => AsTensor(Get(index, name));

    public Value Tensor(int index, string name) => OptionalTensor(index, name)
        ?? throw Refuse($"{name}: expected a tensor, found {ScriptText.Of(Get(index, name))}");

    public ConstantValue Constant(int index, string name) => Tensor(index, name) as ConstantValue
        ?? throw Refuse($"{name}: expected a parameter or a constant, found {ScriptText.Of(Get(index, name))}");

    /// <summary>A value as a tensor; null if it is None.</summary>
    public Value? AsTensor(object? value) => value switch
    {
        Value tensor => tensor,
        double number => ConstantValue.Of([], new[] { (float)number }.AsMemory()),
        long number => ConstantValue.Of([], new[] { number }.AsMemory()),
        bool flag => ConstantValue.Of([], new[] { flag ? 1L : 0L }.AsMemory()),
        Extent extent => ExtentsValue.Create([extent], isScalar: true),
        null => null,
        _ => throw Refuse($"expected a tensor, found {ScriptText.Of(value)}"),
    };

    public long Integer(int index, string name, long? otherwise = null) => Number(Get(index, name))?.Known
        ?? (Get(index, name) is null ? otherwise : null)
        ?? throw Refuse($"{name}: expected a number that is known, found {ScriptText.Of(Get(index, name))}");

    public double Real(int index, string name, double? otherwise = null) => Get(index, name) switch
    {
        double number => number,
        null when otherwise is { } number => number,
        var other => Number(other)?.Known ?? (other is ConstantValue { IsSpread: false, Tensor: { ElementCount: 1, IsFloating: true } } one
            ? one.Singles().Span[0]
            : throw Refuse($"{name}: expected a number that is known, found {ScriptText.Of(other)}")),
    };

    public bool Flag(int index, string name, bool otherwise) => Get(index, name) switch
    {
        bool flag => flag,
        null => otherwise,
        long number => number != 0,
        var other => throw Refuse($"{name}: expected True or False, found {ScriptText.Of(other)}"),
    };

    /// <summary>A number of steps, rows or features; null if the value is none.</summary>
    public static Extent? Number(object? value) => value switch
    {
        long number => Extent.Of(number),
        bool flag => Extent.Of(flag ? 1 : 0),
        Extent extent => extent,
        ExtentsValue { Elements: [var only] } => only,
        ConstantValue { IsSpread: false, Tensor: { ElementCount: 1, IsFloating: false } } one => Extent.Of(one.Integers().Span[0]),
        _ => null,
    };

    /// <summary>A number as the code has it.</summary>
    public static object Boxed(Extent extent) => extent.Known is { } known ? known : extent;

    /// <summary>Numbers of a list; one number is a list, too.</summary>
    public IReadOnlyList<Extent> Extents(int index, string name) => Extents(Get(index, name), name);

    public IReadOnlyList<Extent> Extents(object? value, string name)
    {
        if (value is ExtentsValue { IsScalar: false } shape)
        {
            return shape.Elements;
        }

        IReadOnlyList<object?> items = ScriptLists.Items(value) ?? [value];
        return [.. items.Select(item => Number(item) ?? throw Refuse($"{name}: expected numbers, found {ScriptText.Of(item)}"))];
    }

    /// <summary>Numbers of a list that are known.</summary>
    public long[] Integers(int index, string name, params long[] otherwise) => Get(index, name) is null
        ? otherwise
        : [.. Extents(index, name).Select(extent => extent.Known ?? throw Refuse($"{name}: expected numbers that are known, found {extent}"))];

    /// <summary>Tensors of a list.</summary>
    public Value[] Tensors(int index, string name)
    {
        IReadOnlyList<object?> items = ScriptLists.Items(Get(index, name))
            ?? throw Refuse($"{name}: expected a list of tensors, found {ScriptText.Of(Get(index, name))}");
        return [.. items.Select(item => AsTensor(item) ?? throw Refuse($"{name}: expected tensors, found None"))];
    }

    /// <summary>The rank of a tensor.</summary>
    public int Rank(Value value) => Shape(value).Count;

    /// <summary>The length of each dimension of a tensor.</summary>
    public IReadOnlyList<Extent> Shape(Value value) => value switch
    {
        ConstantValue constant => constant.Shape,
        FlowValue flow => [.. flow.Shape],
        PendingFlow pending => [.. pending.Flow.Shape],
        ScriptCarried { Initial: { } initial } => Shape(initial),
        ExtentsValue numbers => numbers.IsScalar ? [] : [Extent.Of(numbers.Elements.Count)],
        _ => throw Refuse($"the shape of {value} is not known"),
    };

    /// <summary>A dimension, counted from the end if it is negative.</summary>
    public int Dimension(long dimension, int rank)
    {
        long counted = dimension < 0 ? dimension + rank : dimension;
        return counted >= 0 && counted < rank ? (int)counted : throw Refuse($"expected a dimension of {rank}, found {dimension}");
    }

    /// <summary>What an operator of graphs works on.</summary>
    public NodeContext Context(string operation, IReadOnlyList<Value?> inputs, params IReadOnlyList<(string Name, object Value)> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = LayerName };
        foreach ((string name, object value) in attributes)
        {
            var attribute = new AttributeProto { Name = name };
            switch (value)
            {
                case long number:
                    attribute.I = number;
                    break;
                case float number:
                    attribute.F = number;
                    break;
                case string text:
                    attribute.S = ByteString.CopyFromUtf8(text);
                    break;
                case long[] numbers:
                    attribute.Ints.AddRange(numbers);
                    break;
                case string[] texts:
                    attribute.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                    break;
                default:
                    throw new ArgumentException($"attribute {name}: expected a number, a text or a list, found {value}.", nameof(attributes));
            }

            node.Attribute.Add(attribute);
        }

        return new NodeContext(new GraphNode(node, 0, OperatorSet), inputs, script.Graph);
    }

    /// <summary>What an operator of graphs makes.</summary>
    public IReadOnlyList<Value?> EmitAll(
        string operation, IReadOnlyList<Value?> inputs, params IReadOnlyList<(string Name, object Value)> attributes)
    {
        script.Graph.Require(inputs.Count);
        // A constant with a number for each feature says how many there are.
        bool isSaid = inputs.Any(input => input is ConstantValue { Rank: > 0 } constant && constant.Dimensions[^1] > 1);
        bool asksForSize = Elementwise.Contains(operation)
            || (operation == "Slice" && inputs[0] is FlowValue { Kind: FlowKind.Sequence } sliced && Flows.TimeDimension(sliced) is >= 0 and var time
                && attributes.Any(attribute => attribute is ("axes", long[] axes) && axes is [var axis] && axis == time));
        foreach (Value? input in asksForSize && !isSaid ? inputs : [])
        {
            script.Sizes.Know(input);
        }

        return Onnx.Operators.Apply(Context(operation, script.States.Steps(operation, inputs), attributes));
    }

    /// <summary>The first value that an operator of graphs makes.</summary>
    public Value Emit(string operation, IReadOnlyList<Value?> inputs, params IReadOnlyList<(string Name, object Value)> attributes) =>
        EmitAll(operation, inputs, attributes)[0] ?? throw Refuse($"{operation} makes nothing");

    public ModelFormatException Refuse(string reason) => script.Refuse(line, $"{function}: {reason}");
}
