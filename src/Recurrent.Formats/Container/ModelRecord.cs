using Recurrent.Layers;

namespace Recurrent.Formats.Container;

/// <summary>A model as its section has it.</summary>
internal sealed class ModelRecord
{
    private const int MostLayers = 1024;
    private const int MostValues = 1024;
    private const int LeastInputBytes = 12;
    private const int LeastOutputBytes = 8;

    public required IReadOnlyList<LayerRecord> Layers { get; init; }

    /// <summary>Empty for layers that follow each other, from one input <c>x</c> to one output <c>y</c>.</summary>
    public IReadOnlyList<ModelInput> Inputs { get; init; } = [];

    public IReadOnlyList<NamedOutput> Outputs { get; init; } = [];

    public ModelOutput Output { get; init; }

    public Masking? Masking { get; init; }

    public SequenceLayout Layout { get; init; }

    public EmptyRow EmptyRow { get; init; }

    /// <summary>All weights, in the order of the file.</summary>
    public IEnumerable<StoredArray> Arrays =>
        Layers.SelectMany(layer => layer.Directions()).SelectMany(direction => direction.Arrays).OfType<StoredArray>();

    /// <summary>The record of a model whose weights are computed in some formats.</summary>
    /// <exception cref="ArgumentException">A layer cannot have a format that is named for it, or a weight no value in it.</exception>
    public static ModelRecord Of(ModelDefinition definition, ModelOptions options)
    {
        ModelDefinition model = LayerWeights.AreRounded(options)
            ? definition.Rounded(options.Weights, options.Layers)
            : definition;
        bool isList = model.IsChain && model is { Inputs: [{ Name: "x" }], Outputs: [{ Name: "y" }] };
        return new ModelRecord
        {
            Layers =
            [
                .. model.Nodes.Select((node, index) =>
                    LayerWeights.With(RecordOfLayer.Of(node.Layer, isList ? [] : node.Inputs), options, index)),
            ],
            Inputs = isList ? [] : model.Inputs,
            Outputs = isList ? [] : [.. model.Outputs.Select(output => new NamedOutput(output.Name, output.Value))],
            Output = model.Output,
            Masking = model.Masking,
            Layout = model.Layout,
            EmptyRow = model.EmptyRow,
        };
    }

    public static ModelRecord Read(SectionReader reader)
    {
        int layerCount = reader.ReadCount(MostLayers, LayerRecord.LeastBytes, "layers");
        int inputCount = reader.ReadCount(MostValues, LeastInputBytes, "inputs");
        int outputCount = reader.ReadCount(MostValues, LeastOutputBytes, "outputs");
        var output = (ModelOutput)reader.ReadInt32();
        Masking? masking = ReadMasking(reader);
        var layout = (SequenceLayout)reader.ReadInt32();
        var emptyRow = (EmptyRow)reader.ReadInt32();
        var inputs = new List<ModelInput>(inputCount);
        for (int i = 0; i < inputCount; i++)
        {
            (ValueKind kind, int size) = ((ValueKind)reader.ReadInt32(), reader.ReadInt32());
            inputs.Add(new ModelInput(reader.ReadText(), kind, size));
        }

        var outputs = new List<NamedOutput>(outputCount);
        for (int i = 0; i < outputCount; i++)
        {
            int value = reader.ReadInt32();
            outputs.Add(new NamedOutput(reader.ReadText(), value));
        }

        var layers = new List<LayerRecord>(layerCount);
        for (int i = 0; i < layerCount; i++)
        {
            layers.Add(ReadLayer(reader));
        }

        reader.RequireEnd();
        return new ModelRecord
        {
            Layers = layers,
            Inputs = inputs,
            Outputs = outputs,
            Output = output,
            Masking = masking,
            Layout = layout,
            EmptyRow = emptyRow,
        };
    }

    public void Write(SectionWriter writer)
    {
        writer.Write(Layers.Count);
        writer.Write(Inputs.Count);
        writer.Write(Outputs.Count);
        writer.Write((int)Output);
        writer.Write(Masking is null ? 0 : Masking.Output == MissingOutput.Repeat ? 1 : 2);
        writer.Write(Masking?.Value ?? 0f);
        writer.Write((int)Layout);
        writer.Write((int)EmptyRow);
        foreach (ModelInput input in Inputs)
        {
            writer.Write((int)input.Kind);
            writer.Write(input.Size);
            writer.Write(input.Name);
        }

        foreach (NamedOutput output in Outputs)
        {
            writer.Write(output.Value);
            writer.Write(output.Name);
        }

        foreach (LayerRecord layer in Layers)
        {
            layer.Write(writer);
        }
    }

    /// <summary>The model, once its weights have been read.</summary>
    /// <param name="formats">The formats that it is computed in.</param>
    /// <exception cref="ModelFormatException">
    /// The layers are none, or do not fit each other, or a weight has no value in its format.
    /// </exception>
    public ModelDefinition ToDefinition(ModelOptions formats) => Checked(() =>
    {
        ModelDefinition definition = ToDefinition();
        // Refuses weights that do not have a value in their format.
        _ = definition.Rounded(formats.Weights, formats.Layers);
        return definition;
    });

    /// <summary>The model with weights of which only the lengths are known.</summary>
    /// <exception cref="ModelFormatException">The layers are none, or do not fit each other.</exception>
    public ModelDefinition ToShape() => Checked(ToDefinition);

    private static ModelDefinition Checked(Func<ModelDefinition> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException($"the model of the file: {e.Message}", e);
        }
    }

    private ModelDefinition ToDefinition()
    {
        Layer[] layers = [.. Layers.Select(ToLayer)];
        if (Inputs.Count == 0 && Outputs.Count == 0 && Layers.All(layer => layer.Reads.Count == 0))
        {
            return new ModelDefinition(layers, Output, Masking, Layout, EmptyRow);
        }

        if (Output != ModelOutput.EveryStep)
        {
            throw new ArgumentException($"output: expected 0, because values have names, found {(int)Output}");
        }

        return new ModelDefinition(
            Inputs,
            [.. layers.Select((layer, index) => new LayerNode(layer, Layers[index].Reads))],
            Outputs,
            Masking,
            Layout,
            EmptyRow);
    }

    private static Masking? ReadMasking(SectionReader reader)
    {
        long place = reader.Place;
        int masking = reader.ReadInt32();
        ContainerFile.Require(masking is >= 0 and <= 2, place, $"a masking from 0 to 2, found {masking}");
        float value = reader.ReadSingle();
        return masking == 0
            ? null
            : new Masking { Value = value, Output = masking == 1 ? MissingOutput.Repeat : MissingOutput.Zero };
    }

    private static LayerRecord ReadLayer(SectionReader reader)
    {
        long place = reader.Place;
        LayerRecord layer = LayerRecord.Read(reader).ReadDirections(reader);
        WeightShapes.RequireSizes(layer, place);
        foreach (DirectionRecord direction in layer.Directions())
        {
            for (int field = 0; field < DirectionRecord.FieldCount; field++)
            {
                if (direction.Arrays[field] is { } array)
                {
                    (long rows, long columns) = WeightShapes.Of(layer, (WeightField)field);
                    ContainerFile.Require(
                        array.Rows == rows && array.Columns == columns, array.Place,
                        $"weights of shape [{rows}, {columns}], found [{array.Rows}, {array.Columns}]");
                }
            }
        }

        return layer;
    }

    // What a layer does not have would be lost silently.
    private static Layer ToLayer(LayerRecord record, int index)
    {
        try
        {
            Layer layer = LayerOfRecord.Of(record);
            LayerRecord written = RecordOfLayer.Of(layer, record.Reads);
            if (Fields(written, record) != Fields(record, record) || !HasSameWeights(written, record))
            {
                throw new ArgumentException($"a layer of kind {record.Kind} has fields or weights that it does not use");
            }

            return layer;
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"layers[{index}]: {e.Message}", e);
        }
    }

    private static LayerRecord Fields(LayerRecord record, LayerRecord formats) => record with
    {
        Reads = [],
        Forward = null,
        Reverse = null,
        InputWeightFormat = formats.InputWeightFormat,
        RecurrentWeightFormat = formats.RecurrentWeightFormat,
    };

    private static bool HasSameWeights(LayerRecord a, LayerRecord b) =>
        HasSameWeights(a.Forward, b.Forward) && HasSameWeights(a.Reverse, b.Reverse);

    private static bool HasSameWeights(DirectionRecord? a, DirectionRecord? b) =>
        (a is null) == (b is null)
        && (a is null || b is null || a.Arrays.Zip(b.Arrays).All(pair => (pair.First is null) == (pair.Second is null)));
}
