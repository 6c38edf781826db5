using System.Reflection;
using Google.Protobuf;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// Writes a graph as an ONNX file. Its constants are written from where they are: a protobuf message would need them
/// in memory a second time.
/// </summary>
internal sealed class OnnxModelWriter
{
    /// <summary>Who has written the file, it says.</summary>
    public const string Producer = "Recurrent";

    // What protobuf libraries read at most.
    private const long LargestFile = int.MaxValue;

    private readonly ModelProto _model;
    private readonly GraphProto _graph;
    private readonly IReadOnlyList<Initializer> _initializers;
    private readonly int _graphSize;

    /// <param name="graph">The graph.</param>
    /// <param name="opset">Version of the operators.</param>
    /// <param name="metadata">What the graph does not say.</param>
    public OnnxModelWriter(GraphBuilder graph, int opset, params IEnumerable<StringStringEntryProto> metadata)
    {
        _graph = graph.Graph;
        _initializers = graph.Initializers;
        _model = new ModelProto
        {
            IrVersion = opset <= 14 ? 7 : opset <= 18 ? 8 : 9,
            ProducerName = Producer,
            ProducerVersion = Version(),
        };
        _model.MetadataProps.AddRange(metadata);
        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        long graphSize = _graph.CalculateSize()
            + _initializers.Sum(initializer => Entry(GraphProto.InitializerFieldNumber, TensorSize(initializer)));
        long fileSize = _model.CalculateSize() + Entry(ModelProto.GraphFieldNumber, graphSize);
        if (fileSize > LargestFile)
        {
            throw new NotSupportedException(
                $"ONNX export: expected a file of at most {LargestFile} bytes, all that protobuf allows; "
                + $"the model needs {fileSize}.");
        }

        _graphSize = (int)graphSize;
    }

    public void WriteTo(Stream stream)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        _model.WriteTo(output);
        Begin(output, ModelProto.GraphFieldNumber, _graphSize);
        _graph.WriteTo(output);
        foreach (Initializer initializer in _initializers)
        {
            Begin(output, GraphProto.InitializerFieldNumber, (int)TensorSize(initializer));
            initializer.Header.WriteTo(output);
            Begin(output, TensorProto.RawDataFieldNumber, (int)initializer.ByteCount);
            output.Flush();
            initializer.WriteTo(stream);
        }
    }

    private static void Begin(CodedOutputStream output, int field, int length)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(length);
    }

    private static long TensorSize(Initializer initializer) =>
        initializer.Header.CalculateSize() + Entry(TensorProto.RawDataFieldNumber, initializer.ByteCount);

    /// <summary>Bytes of a field with a length: tag, length and contents.</summary>
    private static long Entry(int field, long length) =>
        CodedOutputStream.ComputeTagSize(field) + CodedOutputStream.ComputeUInt64Size((ulong)length) + length;

    private static string Version() =>
        typeof(OnnxModelWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "";
}
