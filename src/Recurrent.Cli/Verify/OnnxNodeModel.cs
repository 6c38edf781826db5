namespace Recurrent.Cli.Verify;

/// <summary>An ONNX model of one node, as the numbers of the fields in ONNX's schema have it.</summary>
internal sealed class OnnxNodeModel
{
    public const int FloatType = 1;
    public const int Int32Type = 6;

    private const long IrVersion = 7;

    private readonly ProtobufMessage _graph = new ProtobufMessage().Add(2, "case");

    /// <summary>Adds an input of the graph.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="elementType">Its type.</param>
    /// <param name="shape">Its axes: a number is a size, a text the name of a dynamic one.</param>
    public void AddInput(string name, int elementType, IEnumerable<object> shape) =>
        _graph.Add(11, Value(name, elementType, shape));

    /// <summary>Adds an output of the graph, likewise.</summary>
    public void AddOutput(string name, int elementType, IEnumerable<object> shape) =>
        _graph.Add(12, Value(name, elementType, shape));

    /// <summary>Adds the node.</summary>
    /// <param name="operation">Its operator.</param>
    /// <param name="inputs">Names of its inputs; an empty one is left out.</param>
    /// <param name="outputs">Names of its outputs, likewise.</param>
    /// <param name="attributes">Its attributes.</param>
    public void AddNode(
        string operation,
        IEnumerable<string> inputs,
        IEnumerable<string> outputs,
        IEnumerable<ProtobufMessage> attributes)
    {
        var node = new ProtobufMessage().Add(3, "cell").Add(4, operation).Add(5, attributes);
        foreach (string input in inputs)
        {
            node.Add(1, input);
        }

        foreach (string output in outputs)
        {
            node.Add(2, output);
        }

        _graph.Add(1, node);
    }

    /// <summary>The bytes of the model.</summary>
    /// <param name="operatorSet">Version of the operators.</param>
    public byte[] ToArray(int operatorSet) => new ProtobufMessage()
        .Add(1, IrVersion)
        .Add(8, new ProtobufMessage().Add(1, "").Add(2, (long)operatorSet))
        .Add(7, _graph)
        .ToArray();

    public static ProtobufMessage Attribute(string name, float value) => Attribute(name, type: 1).Add(2, value);

    public static ProtobufMessage Attribute(string name, long value) => Attribute(name, type: 2).Add(3, value);

    public static ProtobufMessage Attribute(string name, string value) => Attribute(name, type: 3).Add(4, value);

    public static ProtobufMessage Attribute(string name, IEnumerable<float> values) =>
        values.Aggregate(Attribute(name, type: 6), (attribute, value) => attribute.Add(7, value));

    public static ProtobufMessage Attribute(string name, IEnumerable<string> values) =>
        values.Aggregate(Attribute(name, type: 8), (attribute, value) => attribute.Add(9, value));

    private static ProtobufMessage Attribute(string name, int type) => new ProtobufMessage().Add(1, name).Add(20, (long)type);

    private static ProtobufMessage Value(string name, int elementType, IEnumerable<object> shape)
    {
        IEnumerable<ProtobufMessage> dimensions = shape.Select(axis => axis is string dynamic
            ? new ProtobufMessage().Add(2, dynamic)
            : new ProtobufMessage().Add(1, System.Convert.ToInt64(axis, System.Globalization.CultureInfo.InvariantCulture)));
        ProtobufMessage tensor = new ProtobufMessage()
            .Add(1, (long)elementType)
            .Add(2, new ProtobufMessage().Add(1, dimensions));
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, tensor));
    }
}
