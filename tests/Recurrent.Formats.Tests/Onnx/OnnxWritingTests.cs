using System.Runtime.InteropServices;
using Google.Protobuf;
using Recurrent.Formats.Onnx;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests.Onnx;

public sealed class OnnxWritingTests
{
    private const int Time = 5;
    private const int Batch = 3;
    private const int Float = 1;
    private const int Int64 = 7;

    public static TheoryData<string> Names => [.. ExportModels.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_is_the_one_that_ONNX_Runtime_computed(string name)
    {
        string folder = Path.Combine(GoldenFiles.PathOf("onnx-written"), name);
        ModelDefinition definition = ExportModels.All[name];

        ModelProto written = Export(definition);

        ModelProto committed = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        committed.ProducerVersion = written.ProducerVersion;
        Assert.Equal(committed, written);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_outputs_are_those_of_ONNX_Runtime(string name)
    {
        string data = Path.Combine(GoldenFiles.PathOf("onnx-written"), name, "test_data_set_0");
        ModelDefinition definition = ExportModels.All[name];
        float[] input = Singles(Path.Combine(data, "input_0.pb"));
        float[] expected = Singles(Path.Combine(data, "output_0.pb"));

        float[] actual = Run(definition, input);

        float limit = 1e-5f * expected.Max(Math.Abs);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(actual.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -limit, limit));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_that_is_read_again_computes_the_same_bits(string name)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.onnx");
        ModelDefinition definition = ExportModels.All[name];
        OnnxExport.Save(definition, path);

        ModelDefinition read = OnnxFile.Open(path).ToModel().Definition;

        float[] input = Input(definition);
        Assert.Equal(Bits(Run(definition, input)), Bits(Run(read, input)));
        Assert.Equal(
            (definition.InputSize, definition.OutputSize, definition.VocabularySize, definition.CanStep),
            (read.InputSize, read.OutputSize, read.VocabularySize, read.CanStep));
        Assert.Equal((definition.Layout, definition.EmptyRow), (read.Layout, read.EmptyRow));
    }

    [Fact]
    public void A_batch_major_model_is_transposed_once_on_the_way_in_and_once_on_the_way_out()
    {
        ModelProto model = Export(ExportModels.All["batch_major_without_state"]);

        Assert.Equal(["Transpose", "MatMul", "Add", "Transpose"], model.Graph.Node.Select(node => node.OpType));
        Assert.Equal(["batch", "time", ""], Axes(model.Graph.Input[0]));
        Assert.Equal(["batch", "time", ""], Axes(model.Graph.Output[0]));

        static IEnumerable<string> Axes(ValueInfoProto value) =>
            value.Type.TensorType.Shape.Dim.Select(axis => axis.DimParam);
    }

    [Theory]
    [InlineData(null, EmptyRow.ZeroesState)]
    [InlineData("ZeroesState", EmptyRow.ZeroesState)]
    [InlineData("KeepsState", EmptyRow.KeepsState)]
    public void A_row_of_length_0_loses_its_state_unless_the_file_says_that_it_keeps_it(string? written, EmptyRow expected)
    {
        ImportedModel model = OnnxFile.Parse(WithEmptyRow(written)).ToModel();

        Assert.Equal(expected, model.Definition.EmptyRow);
        Assert.Equal(["producer", "operator set"], model.Metadata.Keys);
    }

    [Fact]
    public void A_rule_for_rows_of_length_0_that_is_none_is_refused()
    {
        var refusal = Assert.Throws<ModelFormatException>(() => OnnxFile.Parse(WithEmptyRow("1")).ToModel());

        Assert.Contains(
            "metadata 'recurrent.empty_row': expected KeepsState or ZeroesState, found '1'", refusal.Message);
    }

    [Fact]
    public void Every_file_is_accepted_by_the_checker_of_ONNX_and_its_shapes_are_inferred()
    {
        using var folder = new TemporaryFolder();
        string[] paths = [.. ExportModels.All.Select(model =>
        {
            string path = Path.Combine(folder.Path, model.Key + ".onnx");
            OnnxExport.Save(model.Value, path);
            return path;
        })];

        PythonOnnx.Check(paths);
    }

    [Fact]
    public void Models_and_inputs_are_written_where_RECURRENT_EXPORT_FOLDER_says()
    {
        string? folder = Environment.GetEnvironmentVariable("RECURRENT_EXPORT_FOLDER");
        Assert.SkipWhen(folder is null, "RECURRENT_EXPORT_FOLDER is not set: it renews tests/golden/onnx-written.");

        foreach ((string name, ModelDefinition definition) in ExportModels.All)
        {
            string data = Path.Combine(folder, name, "test_data_set_0");
            Directory.CreateDirectory(data);
            OnnxExport.Save(definition, Path.Combine(folder, name, "model.onnx"));
            File.WriteAllBytes(Path.Combine(data, "input_0.pb"), Tensor(definition, Input(definition)).ToByteArray());
        }
    }

    [Fact]
    public void Input_and_output_say_what_they_are_and_which_axes_are_dynamic()
    {
        ModelProto model = Export(ExportModels.All["embedding_gru_softmax"]);

        ValueInfoProto input = Assert.Single(model.Graph.Input);
        Assert.Equal(("x", Int64), (input.Name, input.Type.TensorType.ElemType));
        Assert.Equal(["time", "batch"], input.Type.TensorType.Shape.Dim.Select(axis => axis.DimParam));
        ValueInfoProto output = Assert.Single(model.Graph.Output);
        Assert.Equal(("y", Float), (output.Name, output.Type.TensorType.ElemType));
        Assert.Equal(
            [("batch", 0), ("", 3)],
            output.Type.TensorType.Shape.Dim.Select(axis => (axis.DimParam, axis.DimValue)));
        Assert.Equal(14, Assert.Single(model.OpsetImport).Version);
    }

    [Fact]
    public void One_step_of_output_is_taken_before_the_layers_that_need_no_more()
    {
        string[] operations = [.. Export(ExportModels.All["rnn_last_step"]).Graph.Node.Select(node => node.OpType)];

        Assert.Equal(["RNN", "Squeeze", "Gather", "MatMul", "Add", "Sigmoid", "Identity"], operations);
    }

    [Fact]
    public void A_residual_connection_around_the_last_recurrent_layer_is_added_at_every_step()
    {
        string[] operations =
            [.. Export(ExportModels.All["residual_last_step"]).Graph.Node.Select(node => node.OpType)];

        Assert.Equal(["GRU", "Squeeze", "Add", "Gather", "MatMul", "Add", "Identity"], operations);
    }

    [Fact]
    public void What_a_layer_has_by_default_is_not_written()
    {
        NodeProto node = Export(ExportModels.All["lstm_dense"]).Graph.Node[0];

        Assert.Equal(["hidden_size", "direction"], node.Attribute.Select(attribute => attribute.Name));
        Assert.Equal(["x", "layer_0_lstm_W", "layer_0_lstm_R", "layer_0_lstm_B"], node.Input);
    }

    [Fact]
    public void The_stream_is_left_open_behind_the_file()
    {
        using var stream = new MemoryStream();
        stream.WriteByte(1);

        OnnxExport.Save(ExportModels.All["lstm_dense"], stream);

        Assert.True(stream.CanWrite);
        Assert.Equal("recurrent", ModelProto.Parser.ParseFrom(stream.ToArray()[1..]).Graph.Name);
    }

    [Theory]
    [InlineData("projection", "layer_0_lstm has the ProjectionSize 2")]
    [InlineData("coupling", "layer_0_lstm has the Coupling InputFromForget")]
    [InlineData("peephole", "layer_0_lstm has the OutputPeephole PreviousCell")]
    [InlineData("masking", "Masking")]
    public void What_ONNX_cannot_say_is_refused_by_name_and_no_file_is_written(string what, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.onnx");

        var refusal = Assert.Throws<NotSupportedException>(() => OnnxExport.Save(Unsayable(what), path));

        Assert.Contains(expected, refusal.Message);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_previous_cell_that_no_peephole_sees_is_not_refused()
    {
        var layer = (RecurrentLayer)ExportModels.All["lstm_dense"].Layers[0];
        var specification = (LstmSpecification)layer.Specification with
        {
            OutputPeephole = OutputPeephole.PreviousCell,
        };

        ModelProto model = Export(new ModelDefinition([new RecurrentLayer(specification, layer.Forward!)]));

        Assert.Equal("LSTM", model.Graph.Node[0].OpType);
    }

    [Fact]
    public void A_model_above_what_a_file_may_have_is_refused_before_anything_is_written()
    {
        // The same memory in several layers: 9 * 256 MB.
        const int Size = 8192;
        ReadOnlyMemory<float> kernel = new float[Size * Size];
        DenseLayer layer = new(
            new DenseSpecification { InputSize = Size, OutputSize = Size }, DenseWeights.Wrap(kernel));
        using var stream = new MemoryStream();

        var refusal = Assert.Throws<NotSupportedException>(
            () => OnnxExport.Save(new ModelDefinition([.. Enumerable.Repeat(layer, 9)]), stream));

        Assert.Contains("2147483647 bytes", refusal.Message);
        Assert.Equal(0, stream.Length);
    }

    private static ModelDefinition Unsayable(string what)
    {
        var specification = new LstmSpecification
        {
            InputSize = 2,
            HiddenSize = 3,
            ProjectionSize = what == "projection" ? 2 : 0,
            Coupling = what == "coupling" ? GateCoupling.InputFromForget : GateCoupling.None,
            OutputPeephole = what == "peephole" ? OutputPeephole.PreviousCell : OutputPeephole.NewCell,
        };
        var weights = new CellWeights(
            new float[24],
            new float[12 * specification.StateSize],
            peephole: new float[9],
            projection: new float[what == "projection" ? 6 : 0]);
        return new ModelDefinition(
            [new RecurrentLayer(specification, weights)], masking: what == "masking" ? new Masking() : null);
    }

    private static ModelProto Export(ModelDefinition definition)
    {
        using var stream = new MemoryStream();
        OnnxExport.Save(definition, stream);
        return ModelProto.Parser.ParseFrom(stream.ToArray());
    }

    private static byte[] WithEmptyRow(string? value)
    {
        ModelProto model = Export(ExportModels.All["lstm_dense"]);
        model.MetadataProps.Clear();
        if (value is not null)
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = "recurrent.empty_row", Value = value });
        }

        return model.ToByteArray();
    }

    private static float[] Input(ModelDefinition definition)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Time * Batch * definition.InputSize).Select(_ =>
            definition.VocabularySize > 0 ? random.Next(definition.VocabularySize) : (random.NextSingle() * 4) - 2)];
    }

    private static TensorProto Tensor(ModelDefinition definition, float[] input)
    {
        bool indices = definition.VocabularySize > 0;
        (int first, int second) = definition.Layout == SequenceLayout.BatchMajor ? (Batch, Time) : (Time, Batch);
        ReadOnlySpan<byte> bytes = indices
            ? MemoryMarshal.AsBytes<long>(input.Select(index => (long)index).ToArray())
            : MemoryMarshal.AsBytes<float>(input);
        return new TensorProto
        {
            Name = "x",
            DataType = indices ? Int64 : Float,
            Dims = { indices ? [first, second] : [first, second, definition.InputSize] },
            RawData = ByteString.CopyFrom(bytes),
        };
    }

    private static float[] Run(ModelDefinition definition, float[] input)
    {
        int steps = definition.Output == ModelOutput.EveryStep ? Time : 1;
        float[] output = new float[steps * Batch * definition.OutputSize];
        ReferenceSession<float> session = ReferenceModel<float>.Create(definition).OpenSession(Batch);
        if (definition.VocabularySize > 0)
        {
            session.RunIndices(Array.ConvertAll(input, index => (int)index), output, Time);
        }
        else
        {
            session.Run(input, output, Time);
        }

        return output;
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];

    private static float[] Singles(string path)
    {
        TensorProto tensor = TensorProto.Parser.ParseFrom(File.ReadAllBytes(path));
        ReadOnlySpan<byte> bytes = tensor.RawData.Span;
        return tensor.DataType == Int64
            ? [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(index => (float)index)]
            : [.. MemoryMarshal.Cast<byte, float>(bytes)];
    }
}
