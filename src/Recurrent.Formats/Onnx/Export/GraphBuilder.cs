using Google.Protobuf;

namespace Recurrent.Formats.Onnx;

/// <summary>A graph while it grows. Names of tensors are those of their nodes.</summary>
internal sealed class GraphBuilder
{
    private const int FloatAttribute = 1;
    private const int IntegerAttribute = 2;
    private const int TextAttribute = 3;
    private const int FloatsAttribute = 6;
    private const int IntegersAttribute = 7;
    private const int TextsAttribute = 8;

    private readonly List<Initializer> _initializers = [];

    public GraphProto Graph { get; } = new() { Name = "recurrent" };

    public IReadOnlyList<Initializer> Initializers => _initializers;

    /// <summary>Adds a node with one output of the node's name.</summary>
    /// <returns>The name of the output.</returns>
    public string Node(
        string name, string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        Node(name, operation, inputs, [name], attributes);
        return name;
    }

    public void Node(
        string name,
        string operation,
        ReadOnlySpan<string> inputs,
        ReadOnlySpan<string> outputs,
        params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { Name = name, OpType = operation };
        foreach (string input in inputs)
        {
            node.Input.Add(input);
        }

        foreach (string output in outputs)
        {
            node.Output.Add(output);
        }

        foreach (AttributeProto attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        Graph.Node.Add(node);
    }

    /// <summary>Adds a constant.</summary>
    /// <returns>Its name.</returns>
    public string Constant(Initializer initializer)
    {
        _initializers.Add(initializer);
        return initializer.Header.Name;
    }

    /// <summary>Adds a constant list of sizes or axes.</summary>
    public string Constant(string name, params long[] values) =>
        Constant(Initializer.Of(name, isScalar: false, values));

    /// <summary>Adds a constant number, which fits any shape.</summary>
    public string Constant(string name, float value) => Constant(Initializer.Of(name, [], new[] { value }));

    public static AttributeProto Attribute(string name, float value) =>
        new() { Name = name, F = value, Type = FloatAttribute };

    public static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, I = value, Type = IntegerAttribute };

    public static AttributeProto Attribute(string name, string value) =>
        new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = TextAttribute };

    public static AttributeProto Attribute(string name, IEnumerable<float> values)
    {
        var attribute = new AttributeProto { Name = name, Type = FloatsAttribute };
        attribute.Floats.AddRange(values);
        return attribute;
    }

    public static AttributeProto Attribute(string name, IEnumerable<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = IntegersAttribute };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static AttributeProto Attribute(string name, IEnumerable<string> values)
    {
        var attribute = new AttributeProto { Name = name, Type = TextsAttribute };
        attribute.Strings.AddRange(values.Select(ByteString.CopyFromUtf8));
        return attribute;
    }

    /// <summary>An input or output with its axes: a number is a size, a text the name of a dynamic one.</summary>
    public static ValueInfoProto Value(string name, int elementType, params ReadOnlySpan<object> axes)
    {
        var shape = new TensorShapeProto();
        foreach (object axis in axes)
        {
            shape.Dim.Add(axis is int size
                ? new TensorShapeProto.Types.Dimension { DimValue = size }
                : new TensorShapeProto.Types.Dimension { DimParam = (string)axis });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = elementType, Shape = shape } },
        };
    }
}
