namespace Recurrent.Formats.Onnx;

/// <summary>What the reader does with the fields of a message that it goes into itself.</summary>
internal sealed class WireSchema
{
    /// <summary>What a place of elements takes, as a message and as an object.</summary>
    public const int PayloadBytes = 192;

    private readonly Dictionary<int, WireSchema> _messages;
    private readonly HashSet<int> _copied;
    private readonly HashSet<int> _numbers;
    private readonly HashSet<int> _payload;
    private readonly Dictionary<int, string> _refused;

    private WireSchema(
        string name,
        int objectBytes,
        int[]? copied = null,
        int[]? numbers = null,
        int[]? payload = null,
        Dictionary<int, WireSchema>? messages = null,
        Dictionary<int, string>? refused = null)
    {
        Name = name;
        ObjectBytes = objectBytes;
        _numbers = [.. numbers ?? []];
        _copied = [.. copied ?? [], .. _numbers];
        _payload = [.. payload ?? []];
        _messages = messages ?? [];
        _refused = refused ?? [];
    }

    /// <summary><c>StringStringEntryProto</c>, which others hold: it has to be made before them.</summary>
    private static WireSchema Entry { get; } = new(
        nameof(StringStringEntryProto),
        objectBytes: 160,
        copied: [StringStringEntryProto.KeyFieldNumber, StringStringEntryProto.ValueFieldNumber]);

    /// <summary><c>TensorProto</c>: its elements stay where they are.</summary>
    public static WireSchema Tensor { get; } = new(
        nameof(TensorProto),
        objectBytes: 1024,
        copied: [TensorProto.DataTypeFieldNumber, TensorProto.NameFieldNumber, TensorProto.DataLocationFieldNumber],
        numbers: [TensorProto.DimsFieldNumber],
        payload: [TensorProto.FloatDataFieldNumber, TensorProto.Int32DataFieldNumber, TensorProto.Int64DataFieldNumber,
            TensorProto.RawDataFieldNumber, TensorProto.DoubleDataFieldNumber, TensorProto.Uint64DataFieldNumber],
        messages: new() { [TensorProto.ExternalDataFieldNumber] = Entry },
        refused: new() { [3] = "a tensor in segments" });

    /// <summary><c>ModelProto</c>.</summary>
    public static WireSchema Model { get; } = new(
        nameof(ModelProto),
        objectBytes: 512,
        copied: [ModelProto.IrVersionFieldNumber, ModelProto.ProducerNameFieldNumber,
            ModelProto.ProducerVersionFieldNumber, ModelProto.DomainFieldNumber, ModelProto.ModelVersionFieldNumber],
        messages: new()
        {
            [ModelProto.GraphFieldNumber] = Graph(Graph(null)),
            [ModelProto.MetadataPropsFieldNumber] = Entry,
            [ModelProto.FunctionsFieldNumber] = Function(),
            [ModelProto.OpsetImportFieldNumber] = new(
                nameof(OperatorSetIdProto),
                objectBytes: 96,
                copied: [OperatorSetIdProto.DomainFieldNumber, OperatorSetIdProto.VersionFieldNumber]),
        });

    public string Name { get; }

    /// <summary>
    /// What a message takes besides its fields, as an object of the parser and in everything that is made of it.
    /// </summary>
    public int ObjectBytes { get; }

    /// <summary>Whether a field is copied as it is.</summary>
    public bool Copies(int field) => _copied.Contains(field);

    /// <summary>Whether a field that is copied holds numbers, which as an object have more bytes each.</summary>
    public bool HoldsNumbers(int field) => _numbers.Contains(field);

    /// <summary>Whether a field holds elements of a tensor, which are left where they are.</summary>
    public bool IsPayload(int field) => _payload.Contains(field);

    /// <summary>The message that a field holds, if the reader goes into it.</summary>
    public WireSchema? Message(int field) => _messages.GetValueOrDefault(field);

    /// <summary>What a field would be that is not supported; null if it is, or can be left out.</summary>
    public string? Refused(int field) => _refused.GetValueOrDefault(field);

    /// <summary>A graph, and the one that an attribute of it may hold. What is deeper is left out: no layer is made of it.</summary>
    private static WireSchema Graph(WireSchema? body)
    {
        WireSchema value = Value();
        return new WireSchema(
            nameof(GraphProto),
            objectBytes: 512,
            copied: [GraphProto.NameFieldNumber],
            messages: new()
            {
                [GraphProto.NodeFieldNumber] = Node(Attribute(body)),
                [GraphProto.InitializerFieldNumber] = Tensor,
                [GraphProto.InputFieldNumber] = value,
                [GraphProto.OutputFieldNumber] = value,
            },
            refused: new() { [15] = "a sparse initializer" });
    }

    /// <summary>A function of the file's own.</summary>
    private static WireSchema Function()
    {
        WireSchema attribute = Attribute(Graph(null));
        return new WireSchema(
            nameof(FunctionProto),
            objectBytes: 512,
            copied: [FunctionProto.NameFieldNumber, FunctionProto.InputFieldNumber, FunctionProto.OutputFieldNumber,
                FunctionProto.AttributeFieldNumber, FunctionProto.DomainFieldNumber, FunctionProto.OverloadFieldNumber],
            messages: new()
            {
                [FunctionProto.NodeFieldNumber] = Node(attribute),
                [FunctionProto.AttributeProtoFieldNumber] = attribute,
            });
    }

    private static WireSchema Node(WireSchema attribute) => new(
        nameof(NodeProto),
        objectBytes: 1024,
        copied: [NodeProto.InputFieldNumber, NodeProto.OutputFieldNumber, NodeProto.NameFieldNumber,
            NodeProto.OpTypeFieldNumber, NodeProto.DomainFieldNumber, NodeProto.OverloadFieldNumber],
        messages: new() { [NodeProto.AttributeFieldNumber] = attribute });

    private static WireSchema Attribute(WireSchema? body)
    {
        Dictionary<int, WireSchema> values = new() { [AttributeProto.TFieldNumber] = Tensor };
        if (body is not null)
        {
            values.Add(AttributeProto.GFieldNumber, body);
        }

        return new WireSchema(
            nameof(AttributeProto),
            objectBytes: 512,
            copied: [AttributeProto.NameFieldNumber, AttributeProto.FFieldNumber, AttributeProto.IFieldNumber,
                AttributeProto.SFieldNumber, AttributeProto.StringsFieldNumber, AttributeProto.TypeFieldNumber,
                AttributeProto.RefAttrNameFieldNumber],
            numbers: [AttributeProto.FloatsFieldNumber, AttributeProto.IntsFieldNumber],
            messages: values);
    }

    /// <summary>An input or output of a graph, with its type down to the lengths of dimensions.</summary>
    private static WireSchema Value()
    {
        WireSchema dimension = new(
            nameof(TensorShapeProto.Types.Dimension),
            objectBytes: 256,
            copied: [TensorShapeProto.Types.Dimension.DimValueFieldNumber,
                TensorShapeProto.Types.Dimension.DimParamFieldNumber]);
        WireSchema shape = new(
            nameof(TensorShapeProto),
            objectBytes: 192,
            messages: new() { [TensorShapeProto.DimFieldNumber] = dimension });
        WireSchema tensor = new(
            nameof(TensorTypeProto),
            objectBytes: 96,
            copied: [TensorTypeProto.ElemTypeFieldNumber],
            messages: new() { [TensorTypeProto.ShapeFieldNumber] = shape });
        WireSchema type = new(
            nameof(TypeProto),
            objectBytes: 96,
            messages: new() { [TypeProto.TensorTypeFieldNumber] = tensor });
        return new WireSchema(
            nameof(ValueInfoProto),
            objectBytes: 512,
            copied: [ValueInfoProto.NameFieldNumber],
            messages: new() { [ValueInfoProto.TypeFieldNumber] = type });
    }
}
