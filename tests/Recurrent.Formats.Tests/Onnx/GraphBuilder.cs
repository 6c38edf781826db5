using Google.Protobuf;
using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>Builds ONNX files by hand.</summary>
internal sealed class GraphBuilder
{
    private readonly Random _random = new(7);

    public ModelProto Model { get; } = new()
    {
        IrVersion = 8,
        Graph = new GraphProto { Name = "g" },
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 14 } },
    };

    public GraphProto Graph => Model.Graph;

    /// <summary>An input of floats; a length below 1 is open.</summary>
    public GraphBuilder Input(string name, params int[] shape) => Input(name, 1, shape);

    public GraphBuilder Input(string name, int elementType, int[] shape)
    {
        TensorShapeProto dimensions = new();
        foreach (int length in shape)
        {
            dimensions.Dim.Add(length < 1
                ? new TensorShapeProto.Types.Dimension { DimParam = $"{name}{dimensions.Dim.Count}" }
                : new TensorShapeProto.Types.Dimension { DimValue = length });
        }

        Graph.Input.Add(new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = elementType, Shape = dimensions } },
        });
        return this;
    }

    public GraphBuilder Output(params string[] names)
    {
        Graph.Output.AddRange(names.Select(name => new ValueInfoProto { Name = name }));
        return this;
    }

    /// <summary>Weights, random but the same every time.</summary>
    public GraphBuilder Weights(string name, params int[] shape) => Constant(
        name, shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (_random.NextSingle() * 2) - 1)]);

    public GraphBuilder Constant(string name, int[] shape, float[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return Tensor(new TensorProto
        {
            Name = name,
            DataType = 1,
            Dims = { shape.Select(length => (long)length) },
            RawData = UnsafeByteOperations.UnsafeWrap(bytes),
        });
    }

    public GraphBuilder Integers(string name, params long[] values) =>
        Tensor(new TensorProto { Name = name, DataType = 7, Dims = { values.Length }, Int64Data = { values } });

    public GraphBuilder Scalar(string name, long value) =>
        Tensor(new TensorProto { Name = name, DataType = 7, Int64Data = { value } });

    public GraphBuilder Tensor(TensorProto tensor)
    {
        Graph.Initializer.Add(tensor);
        return this;
    }

    /// <summary>A node: names separated by blanks, <c>-</c> for one that is left out.</summary>
    public GraphBuilder Node(string operation, string inputs, string outputs, params AttributeProto[] attributes)
    {
        NodeProto node = new() { OpType = operation, Name = $"{operation.ToLowerInvariant()}{Graph.Node.Count}" };
        node.Input.AddRange(inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => name == "-" ? "" : name));
        node.Output.AddRange(outputs.Split(' ').Select(name => name == "-" ? "" : name));
        node.Attribute.AddRange(attributes);
        Graph.Node.Add(node);
        return this;
    }

    /// <summary>Weights W, R and B of a recurrent operator, with a prefix.</summary>
    public GraphBuilder Recurrent(string prefix, int gates, int directions, int input, int hidden) =>
        Weights($"{prefix}W", directions, gates * hidden, input)
            .Weights($"{prefix}R", directions, gates * hidden, hidden)
            .Weights($"{prefix}B", directions, 2 * gates * hidden);

    public byte[] Build() => Model.ToByteArray();

    public OnnxFile File(string? folder = null) => OnnxFile.Parse(Build(), folder);

    public static AttributeProto Integer(string name, long value) => new() { Name = name, I = value, Type = 2 };

    public static AttributeProto Single(string name, float value) => new() { Name = name, F = value, Type = 1 };

    public static AttributeProto Text(string name, string value) =>
        new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = 3 };

    public static AttributeProto IntegerList(string name, params long[] values) =>
        new() { Name = name, Ints = { values }, Type = 7 };

    public static AttributeProto Texts(string name, params string[] values) =>
        new() { Name = name, Strings = { values.Select(ByteString.CopyFromUtf8) }, Type = 8 };

    public static AttributeProto Singles(string name, params float[] values) =>
        new() { Name = name, Floats = { values }, Type = 6 };
}
