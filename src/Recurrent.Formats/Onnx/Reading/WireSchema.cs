namespace Recurrent.Formats.Onnx;

/// <summary>What the reader does with the fields of a message that it goes into itself.</summary>
internal sealed class WireSchema
{
    private readonly Dictionary<int, WireSchema> _messages = [];
    private readonly HashSet<int> _copied;
    private readonly HashSet<int> _payload;
    private readonly Dictionary<int, string> _refused;

    private WireSchema(
        string name,
        int[] copied,
        int[]? payload = null,
        Dictionary<int, WireSchema>? messages = null,
        Dictionary<int, string>? refused = null)
    {
        Name = name;
        _copied = [.. copied];
        _payload = [.. payload ?? []];
        _messages = messages ?? [];
        _refused = refused ?? [];
    }

    /// <summary><c>TensorProto</c>: its elements stay where they are.</summary>
    public static WireSchema Tensor { get; } = new(
        nameof(TensorProto),
        copied: [TensorProto.DimsFieldNumber, TensorProto.DataTypeFieldNumber, TensorProto.NameFieldNumber,
            TensorProto.ExternalDataFieldNumber, TensorProto.DataLocationFieldNumber],
        payload: [TensorProto.FloatDataFieldNumber, TensorProto.Int32DataFieldNumber, TensorProto.Int64DataFieldNumber,
            TensorProto.RawDataFieldNumber, TensorProto.DoubleDataFieldNumber, TensorProto.Uint64DataFieldNumber],
        refused: new() { [3] = "a tensor in segments" });

    /// <summary><c>ModelProto</c>.</summary>
    public static WireSchema Model { get; } = new(
        nameof(ModelProto),
        copied: [ModelProto.IrVersionFieldNumber, ModelProto.ProducerNameFieldNumber,
            ModelProto.ProducerVersionFieldNumber, ModelProto.DomainFieldNumber, ModelProto.ModelVersionFieldNumber,
            ModelProto.OpsetImportFieldNumber, ModelProto.MetadataPropsFieldNumber],
        messages: new() { [ModelProto.GraphFieldNumber] = Graph() });

    public string Name { get; }

    /// <summary>Whether a field is copied as it is.</summary>
    public bool Copies(int field) => _copied.Contains(field);

    /// <summary>Whether a field holds elements of a tensor, which are left where they are.</summary>
    public bool IsPayload(int field) => _payload.Contains(field);

    /// <summary>The message that a field holds, if the reader goes into it.</summary>
    public WireSchema? Message(int field) => _messages.GetValueOrDefault(field);

    /// <summary>What a field would be that is not supported; null if it is, or can be left out.</summary>
    public string? Refused(int field) => _refused.GetValueOrDefault(field);

    private static WireSchema Graph()
    {
        WireSchema attribute = new(
            nameof(AttributeProto),
            copied: [AttributeProto.NameFieldNumber, AttributeProto.FFieldNumber, AttributeProto.IFieldNumber,
                AttributeProto.SFieldNumber, AttributeProto.FloatsFieldNumber, AttributeProto.IntsFieldNumber,
                AttributeProto.StringsFieldNumber, AttributeProto.TypeFieldNumber],
            messages: new() { [AttributeProto.TFieldNumber] = Tensor });
        WireSchema node = new(
            nameof(NodeProto),
            copied: [NodeProto.InputFieldNumber, NodeProto.OutputFieldNumber, NodeProto.NameFieldNumber,
                NodeProto.OpTypeFieldNumber, NodeProto.DomainFieldNumber],
            messages: new() { [NodeProto.AttributeFieldNumber] = attribute });
        return new WireSchema(
            nameof(GraphProto),
            copied: [GraphProto.NameFieldNumber, GraphProto.InputFieldNumber, GraphProto.OutputFieldNumber],
            messages: new()
            {
                [GraphProto.NodeFieldNumber] = node,
                [GraphProto.InitializerFieldNumber] = Tensor,
            },
            refused: new() { [15] = "a sparse initializer" });
    }
}
