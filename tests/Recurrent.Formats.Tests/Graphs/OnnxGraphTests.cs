using Recurrent.Formats.Onnx;
using Recurrent.Formats.Tests.Onnx;
using Recurrent.Layers;
using static Recurrent.Formats.Tests.Onnx.GraphBuilder;
using GraphBuilder = Recurrent.Formats.Tests.Onnx.GraphBuilder;

namespace Recurrent.Formats.Tests.Graphs;

/// <summary>Graphs that are written as ONNX files, and graphs as exporters write them.</summary>
public sealed class OnnxGraphTests
{
    public static TheoryData<string, SequenceLayout> Models
    {
        get
        {
            var data = new TheoryData<string, SequenceLayout>();
            foreach (string name in GraphModels.Names)
            {
                data.Add(name, SequenceLayout.TimeMajor);
                data.Add(name, SequenceLayout.BatchMajor);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_graph_that_is_read_again_computes_the_same_bits(string name, SequenceLayout layout)
    {
        ModelDefinition definition = GraphModels.Of(name, layout);

        ModelDefinition read = WriteAndRead(definition);

        Assert.Equal(layout, read.Layout);
        Assert.Equal(
            definition.Outputs.Select(output => (NameOf(output), output.Kind, output.Size)),
            read.Outputs.Select(output => (output.Name, output.Kind, output.Size)));
        Assert.Equal(definition.CanStep, read.CanStep);
        Dictionary<string, int[]> expected = GraphRun.Compute(definition);
        Dictionary<string, int[]> found = GraphRun.Compute(read);
        Assert.All(definition.Outputs, output => Assert.Equal(expected[output.Name], found[NameOf(output)]));

        // Layers that follow each other have the names that they always have.
        string NameOf(OutputValue output) => definition.IsChain ? "y" : output.Name;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_file_is_the_one_that_ONNX_Runtime_computed_and_its_outputs_are_those(string name, SequenceLayout layout)
    {
        string folder = GoldenFiles.PathOf(
            "onnx-graphs", name.Replace(' ', '_') + (layout == SequenceLayout.BatchMajor ? "_batch_major" : ""));
        ModelDefinition definition = GraphModels.Of(name, layout);
        ModelProto committed = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));

        ModelProto written = ModelProto.Parser.ParseFrom(Write(definition));

        committed.ProducerVersion = written.ProducerVersion;
        Assert.Equal(committed, written);
        Dictionary<string, int[]> computed = GraphRun.Compute(definition);
        foreach ((OutputValue output, int index) in definition.Outputs.Select((output, index) => (output, index)))
        {
            float[] expected = OnnxTensor.Open(Path.Combine(folder, "test_data_set_0", $"output_{index}.pb")).ToSingles();
            OnnxRun.AssertClose(
                expected, [.. computed[output.Name].Select(bits => (double)BitConverter.Int32BitsToSingle(bits))], 1e-5, output.Name);
        }
    }

    [Theory]
    [InlineData("joined late")]
    [InlineData("gated")]
    [InlineData("silu")]
    [InlineData("words")]
    public void The_layers_and_what_they_read_are_the_same_again(string name)
    {
        ModelDefinition definition = GraphModels.Of(name);

        ModelDefinition read = WriteAndRead(definition);

        Assert.Equal(definition.Inputs, read.Inputs);
        Assert.Equal(
            definition.Layers.Select(layer => layer.Specification.GetType()).Order(ByName),
            read.Layers.Select(layer => layer.Specification.GetType()).Order(ByName));
    }

    [Fact]
    public void An_activation_is_not_folded_into_a_layer_that_others_read()
    {
        ImportedModel model = OnnxFile.Parse(Write(GraphModels.Of("silu"))).ToModel();

        Assert.Single(model.Definition.Layers.OfType<DenseLayer>());
        Assert.DoesNotContain(model.Notes, note => note.Subject == "layer_1_activation");
        Assert.Contains("layer_1_activation", model.LayerNames);
    }

    [Fact]
    public void Names_that_nodes_would_have_are_left_to_inputs_and_outputs()
    {
        Random random = new(1);
        ModelDefinition definition = new(
            [ModelInput.Sequence("layer_0_lstm", 3), ModelInput.Sequence("_layer_1", 3)],
            [new(GraphModels.Lstm(3, 3, random), 0), new(new SumLayer(3), 2, 1)],
            [new("layer_1_sum_1", 3)]);

        ModelDefinition read = WriteAndRead(definition);

        Assert.Equal(GraphRun.Compute(definition)["layer_1_sum_1"], GraphRun.Compute(read)["layer_1_sum_1"]);
    }

    [Fact]
    public void What_ONNX_cannot_say_is_refused_by_the_name_of_the_layer()
    {
        Random random = new(1);
        ModelInput x = ModelInput.Sequence("x", 3);
        var projected = new RecurrentLayer(
            new LstmSpecification { InputSize = 3, HiddenSize = 4, ProjectionSize = 2 },
            new CellWeights(GraphModels.Values(48, random), GraphModels.Values(32, random), projection: new float[8]));

        AssertNotExported(
            new([x], [new(new ReverseLayer(3)), new(projected)], [new("y", 2)]), "layer_1_lstm has the ProjectionSize 2");
        AssertNotExported(
            new([x], [new(new ReverseLayer(3))], [new("y", 1)], new Masking()), "Masking");
        AssertNotExported(new([x], [new(new ReverseLayer(3))], [new("x", 1)]), "an input and an output do not share, found 'x'");
    }

    [Fact]
    public void Two_inputs_are_joined_behind_the_last_step_as_PyTorch_writes_it()
    {
        // x [batch, time, 3] and static [batch, 2]: lstm(x)[:, -1], cat, two heads.
        OnnxFile file = Lstm(new GraphBuilder().Input("x", 0, 0, 3).Input("static", 0, 2), "x")
            .Scalar("last", -1).Node("Gather", "y last", "step", Integer("axis", 1))
            .Node("Concat", "step static", "all", Integer("axis", 1))
            .Weights("K", 1, 6).Weights("b", 1).Node("Gemm", "all K b", "mean", Integer("transB", 1))
            .Weights("K2", 1, 6).Node("Gemm", "all K2", "raw", Integer("transB", 1)).Node("Softplus", "raw", "deviation")
            .Output("mean").Output("deviation").File();

        OnnxBinding binding = file.Bind(new Dictionary<string, OnnxTensor>());
        ModelDefinition model = binding.Model.Definition;

        Assert.Equal([ModelInput.Sequence("x", 3), ModelInput.Row("static", 2)], model.Inputs);
        Assert.Equal(["mean", "deviation"], model.Outputs.Select(output => output.Name));
        Assert.All(model.Outputs, output => Assert.Equal(ValueKind.Row, output.Kind));
        Assert.Equal(
            ["LstmSpecification", "LastStepSpecification", "ConcatenationSpecification", "DenseSpecification", "DenseSpecification"],
            model.Layers.Select(layer => layer.Specification.GetType().Name));
        Assert.Equal([[0], [2], [3, 1], [4], [4]], model.Nodes.Select(node => node.Inputs));
        Assert.Equal(SequenceLayout.BatchMajor, model.Layout);
        Assert.Equal([OnnxAxis.Batch, OnnxAxis.Features], binding.Inputs[1].Axes);
        Assert.All(binding.Outputs, output => Assert.Equal([OnnxAxis.Batch, OnnxAxis.Features], output.Axes));
    }

    [Fact]
    public void Outputs_and_states_beside_them_are_outputs_by_name()
    {
        OnnxFile file = Lstm(new GraphBuilder().Input("x", 0, 0, 3), "x")
            .Weights("K", 4, 1).Node("MatMul", "y K", "head")
            .Node("Identity", "h", "state").Node("Identity", "c", "cell").Node("Identity", "y", "sequence")
            .Output("head").Output("state").Output("sequence").Output("cell").File();

        OnnxBinding binding = file.Bind(new Dictionary<string, OnnxTensor>());

        Assert.Equal(
            [("head", ValueKind.Sequence), ("state", ValueKind.Row), ("sequence", ValueKind.Sequence)],
            binding.Model.Definition.Outputs.Select(output => (output.Name, output.Kind)));
        Assert.Equal(
            [OnnxOutputRole.Sequence, OnnxOutputRole.LastStep, OnnxOutputRole.Sequence, OnnxOutputRole.FinalCell],
            binding.Outputs.Select(output => output.Role));
        Assert.Equal([new OnnxState(0, Direction.Forward, StateKind.Cell)], binding.Outputs[3].States);
    }

    [Fact]
    public void One_value_under_two_names_is_put_out_twice()
    {
        OnnxFile file = Lstm(new GraphBuilder().Input("x", 0, 0, 3), "x")
            .Weights("K", 4, 1).Node("MatMul", "y K", "a").Node("Identity", "a", "b").Node("Relu", "a", "d")
            .Output("a").Output("b").Output("d").File();

        ModelDefinition model = file.ToModel().Definition;

        Dictionary<string, int[]> outputs = GraphRun.Compute(model);
        Assert.Equal(outputs["a"], outputs["b"]);
        Assert.Equal(["a", "b", "d"], model.Outputs.Select(output => output.Name));
    }

    [Fact]
    public void Gates_differences_and_parts_of_features_are_layers()
    {
        OnnxFile file = Lstm(new GraphBuilder().Input("x", 0, 0, 3), "x")
            .Weights("K", 4, 4).Node("MatMul", "y K", "both")
            .Integers("sizes", 2, 2).Node("Split", "both sizes", "left right", Integer("axis", 2))
            .Node("Sigmoid", "right", "gate").Node("Mul", "left gate", "glu")
            .Integers("begin", 1).Integers("end", 3).Integers("axis", 2).Node("Slice", "x begin end axis", "part")
            .Node("Sub", "glu part", "out").Output("out").File();

        ModelDefinition model = file.ToModel().Definition;

        Assert.Equal(
            [
                "LstmSpecification", "DenseSpecification", "SliceSpecification", "SliceSpecification",
                "ActivationSpecification", "ProductSpecification", "SliceSpecification", "ScaleSpecification",
                "SumSpecification",
            ],
            model.Layers.Select(layer => layer.Specification.GetType().Name).OrderBy(
                name => Array.IndexOf(["Lstm", "Dense", "Slice", "Activation", "Product", "Scale", "Sum"], name)));
    }

    [Fact]
    public void One_direction_of_a_layer_that_has_become_bidirectional_is_a_part_of_it()
    {
        GraphBuilder graph = Lstm(new GraphBuilder().Input("x", 0, 0, 3), "x")
            .Weights("W2", 1, 16, 3).Weights("R2", 1, 16, 4)
            .Node("LSTM", "t W2 R2", "back2 hb cb", Text("direction", "reverse")).Integers("one2", 1)
            .Node("Squeeze", "back2 one2", "b2").Node("Transpose", "b2", "backward", IntegerList("perm", 1, 0, 2))
            .Node("Relu", "y", "forward")
            .Node("Concat", "y backward", "both", Integer("axis", 2))
            .Output("forward").Output("both");

        ModelDefinition model = graph.File().ToModel().Definition;

        Assert.Equal(
            Direction.Bidirectional, Assert.Single(model.Layers.OfType<RecurrentLayer>()).Specification.Direction);
        SliceLayer slice = Assert.Single(model.Layers.OfType<SliceLayer>());
        Assert.Equal((0, 4, 8), (slice.Specification.First, slice.Specification.OutputSize, slice.Specification.InputSize));
        Dictionary<string, int[]> outputs = GraphRun.Compute(model);
        Assert.Equal(outputs["forward"].Length * 2, outputs["both"].Length);
    }

    [Fact]
    public void Steps_are_reversed_taken_and_repeated_and_directions_added()
    {
        // x [time, batch, 3]: whole sequences from their ends, the last two of four steps, both directions added.
        OnnxFile file = new GraphBuilder().Input("x", 4, 0, 3)
            .Node("Shape", "x", "shape").Integers("0", 0).Integers("1", 1).Integers("2", 2).Integers("4", 4)
            .Node("Slice", "shape 0 1", "time").Node("Slice", "shape 1 2", "batch").Node("Expand", "time batch", "lengths")
            .Node("ReverseSequence", "x lengths", "reversed", Integer("time_axis", 0), Integer("batch_axis", 1))
            .Recurrent("b", 4, 2, 3, 4).Node("LSTM", "reversed bW bR bB", "y h c", Text("direction", "bidirectional"))
            .Node("ReduceSum", "y 1", "sum", Integer("keepdims", 0))
            .Node("Slice", "sum 2 4 0", "end")
            .Node("Slice", "h 0 1 0", "forward").Integers("times", 5, 1, 1).Node("Tile", "forward times", "repeated")
            .Output("end").Output("repeated").File();

        ModelDefinition model = file.ToModel().Definition;

        Assert.Equal(
            [
                "ReverseSpecification", "LstmSpecification", "SliceSpecification", "SliceSpecification", "SumSpecification",
                "LastStepsSpecification", "FinalStateSpecification", "SliceSpecification", "RepeatSpecification",
            ],
            model.Layers.Select(layer => layer.Specification.GetType().Name));
        Assert.Equal([(2, 4), (5, 4)], model.Outputs.Select((output, index) => (model.OutputSteps(index, 4), output.Size)));
        Assert.Equal((0, 4), (((SliceLayer)model.Layers[2]).Specification.First, ((SliceLayer)model.Layers[3]).Specification.First));
    }

    [Theory]
    [InlineData("ReduceSum", "y 0", "(ReduceSum): only the steps or the features of data")]
    [InlineData("ReverseSequence", "y batch", "(ReverseSequence): only whole sequences can be reversed")]
    [InlineData("Tile", "x times", "a row that is repeated")]
    [InlineData("Expand", "x times", "a row that is repeated")]
    public void Other_steps_are_refused_by_the_name_of_the_node(string operation, string inputs, string expected)
    {
        OnnxFile file = Lstm(new GraphBuilder().Input("x", 0, 0, 3), "x").Integers("0", 0).Integers("batch", 2, 1)
            .Integers("times", 1, 7, 1).Node(operation, inputs, "out").Output("out").File();

        var refusal = Assert.Throws<ModelFormatException>(() => file.ToModel());

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Concat", "y step", "(Concat): cannot join")]
    [InlineData("Mul", "y step", "(Mul): cannot join")]
    [InlineData("Add", "y step", "(Add): cannot join")]
    [InlineData("Mul", "y x", "(Mul): Mul: expected a shape with 3 features")]
    [InlineData("Concat", "y c", "(Concat)")]
    public void What_cannot_be_joined_is_refused_by_the_name_of_the_node(string operation, string inputs, string expected)
    {
        OnnxFile file = Lstm(new GraphBuilder().Input("x", 0, 0, 3), "x")
            .Scalar("last", -1).Node("Gather", "y last", "step", Integer("axis", 1))
            .Node(operation, inputs, "out", operation == "Concat" ? [Integer("axis", 2)] : []).Output("out").File();

        var refusal = Assert.Throws<ModelFormatException>(() => file.ToModel());

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_side_by_side_beyond_the_largest_size_are_refused_in_little_memory()
    {
        GraphBuilder graph = Lstm(new GraphBuilder().Input("x", 0, 0, 3), "x");
        string value = "y";
        for (int i = 0; i < 20; i++)
        {
            graph.Node("Concat", $"{value} {value}", $"wide{i}", Integer("axis", 2));
            value = $"wide{i}";
        }

        var refusal = Assert.Throws<ModelFormatException>(() => graph.Output(value).File().ToModel());

        Assert.Contains("features side by side", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_has_the_layers_that_it_had()
    {
        ModelDefinition model = Lstm(new GraphBuilder().Input("x", 0, 0, 3), "x")
            .Weights("K", 4, 4).Node("MatMul", "y K", "inner").Node("Add", "inner y", "sum")
            .Scalar("last", -1).Node("Gather", "sum last", "out", Integer("axis", 1)).Output("out").File().ToModel().Definition;

        Assert.True(model.IsChain);
        Assert.Equal(ModelOutput.LastStep, model.Output);
        Assert.Equal(
            ["LstmSpecification", "DenseSpecification", "ResidualSpecification"],
            model.Layers.Select(layer => layer.Specification.GetType().Name));
    }

    private static Comparer<Type> ByName { get; } =
        Comparer<Type>.Create((left, right) => string.CompareOrdinal(left.Name, right.Name));

    /// <summary>An LSTM of 3 to 4 features of a batch-major input, as <c>y</c>, with <c>h</c> and <c>c</c>.</summary>
    private static GraphBuilder Lstm(GraphBuilder graph, string input) => graph
        .Node("Transpose", input, "t", IntegerList("perm", 1, 0, 2))
        .Weights("W", 1, 16, 3).Weights("R", 1, 16, 4)
        .Node("LSTM", "t W R", "y4 h c").Integers("one", 1).Node("Squeeze", "y4 one", "y3")
        .Node("Transpose", "y3", "y", IntegerList("perm", 1, 0, 2));

    private static ModelDefinition WriteAndRead(ModelDefinition definition)
    {
        return OnnxFile.Parse(Write(definition)).ToModel().Definition;
    }

    private static byte[] Write(ModelDefinition definition)
    {
        using var stream = new MemoryStream();
        OnnxExport.Save(definition, stream);
        return stream.ToArray();
    }

    private static void AssertNotExported(ModelDefinition definition, string expected)
    {
        using var stream = new MemoryStream();
        var refusal = Assert.Throws<NotSupportedException>(() => OnnxExport.Save(definition, stream));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }
}
