using Recurrent.Layers;
using static Recurrent.Formats.Tests.Onnx.GraphBuilder;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>The shapes that exporters give to the same model: each gives what the plainest one gives.</summary>
public sealed class OnnxShapeTests
{
    private const int Time = 4;
    private const int Batch = 2;
    private const int Input = 3;
    private const int Hidden = 2;

    private static readonly double[] Sequence =
        [.. Enumerable.Range(0, Time * Batch * Input).Select(i => Math.Sin(i * 1.7))];

    [Fact]
    public void Two_layers_of_opposite_directions_become_one()
    {
        GraphBuilder plain = Lstm().Node("Transpose", "y", "t", IntegerList("perm", 0, 2, 1, 3))
            .Integers("shape", 0, 0, -1).Node("Reshape", "t shape", "out").Output("out");
        GraphBuilder two = Halves()
            .Node("LSTM", "x fW fR fB", "fy", Integer("hidden_size", Hidden))
            .Node("LSTM", "x rW rR rB", "ry", Integer("hidden_size", Hidden), Text("direction", "reverse"))
            .Integers("one", 1).Node("Squeeze", "fy one", "f").Node("Squeeze", "ry one", "r")
            .Node("Concat", "f r", "out", Integer("axis", 2)).Output("out");

        OnnxBinding binding = Bind(two);

        Assert.Equal(Direction.Bidirectional, Assert.IsType<RecurrentLayer>(Assert.Single(binding.Model.Definition.Layers)).Specification.Direction);
        Assert.Equal(Run(plain), Run(two));
    }

    [Fact]
    public void Directions_may_be_sliced_apart_and_joined_again()
    {
        GraphBuilder plain = Lstm().Node("Transpose", "y", "t", IntegerList("perm", 0, 2, 1, 3))
            .Integers("shape", 0, 0, -1).Node("Reshape", "t shape", "out").Output("out");
        GraphBuilder sliced = Lstm().Integers("one", 1).Integers("zero", 0).Integers("two", 2)
            .Node("Slice", "y zero one one", "f1").Node("Squeeze", "f1 one", "f")
            .Node("Split", "y", "- r1", Integer("axis", 1)).Node("Squeeze", "r1 one", "r")
            .Node("Concat", "f r", "out", Integer("axis", -1)).Output("out");

        Assert.Equal(Run(plain), Run(sliced));
    }

    [Fact]
    public void Last_forward_and_first_reverse_step_are_the_final_state()
    {
        GraphBuilder plain = Lstm().Weights("K", 2 * Hidden, 3).Node("Transpose", "h", "t", IntegerList("perm", 1, 0, 2))
            .Node("Flatten", "t", "f").Node("MatMul", "f K", "out").Output("out");
        GraphBuilder steps = Lstm().Weights("K", 2 * Hidden, 3).Scalar("last", -1).Scalar("first", 0).Scalar("second", 1)
            .Node("Gather", "y first", "f4", Integer("axis", 1)).Node("Gather", "f4 last", "f", Integer("axis", 0))
            .Node("Gather", "y second", "r4", Integer("axis", 1)).Node("Gather", "r4 first", "r", Integer("axis", 0))
            .Node("Concat", "f r", "both", Integer("axis", 1)).Node("MatMul", "both K", "out").Output("out");

        OnnxBinding binding = Bind(steps);

        Assert.Equal(ModelOutput.FinalState, binding.Model.Definition.Output);
        Assert.Equal(Run(plain), Run(steps));
    }

    [Fact]
    public void A_model_puts_out_the_final_states_of_all_directions_and_not_of_one()
    {
        GraphBuilder all = Lstm().Node("Identity", "h", "out").Output("out");
        GraphBuilder reverse = Lstm().Scalar("last", -1).Node("Gather", "h last", "out", Integer("axis", 0)).Output("out");
        GraphBuilder cell = Lstm().Node("Identity", "c", "out").Output("out");

        Assert.Equal(ModelOutput.FinalState, all.File().ToModel().Definition.Output);
        Assert.Throws<ModelFormatException>(() => reverse.File().ToModel());
        Assert.Throws<ModelFormatException>(() => cell.File().ToModel());
    }

    [Fact]
    public void Weights_cut_and_joined_as_newer_exporters_do_are_the_same()
    {
        GraphBuilder plain = Core().Node("LSTM", "x W R B", "y h c", Integer("hidden_size", Hidden))
            .Integers("one", 1).Node("Squeeze", "y one", "out").Output("out");
        GraphBuilder cut = Core().Integers("one", 1).Integers("zero", 0).Integers("sizes", Hidden, 3 * Hidden)
            .Node("Squeeze", "W zero", "w2").Node("Split", "w2 sizes", "wa wb", Integer("axis", 0))
            .Node("Transpose", "wb", "wt").Node("Transpose", "wt", "wc")
            .Node("Concat", "wa wc", "wd", Integer("axis", 0)).Node("Unsqueeze", "wd zero", "we")
            .Node("Shape", "x", "batch", Integer("start", 1), Integer("end", 2))
            .Node("Constant", "", "hs", IntegerList("value_ints", Hidden))
            .Node("Concat", "one batch hs", "s", Integer("axis", 0))
            .Node("Constant", "", "nil", Single("value_float", 0)).Node("Expand", "nil s", "h0")
            .Node("LSTM", "x we R B - h0 h0", "y", Integer("hidden_size", Hidden))
            .Node("Squeeze", "y one", "out").Output("out");

        Assert.Equal(Run(plain), Run(cut));
    }

    [Fact]
    public void The_batch_may_come_first_by_layout_or_by_transposing()
    {
        GraphBuilder transposed = new GraphBuilder().Input("x", 0, 0, Input).Recurrent("", 3, 2, Input, Hidden)
            .Node("Transpose", "x", "xt", IntegerList("perm", 1, 0, 2))
            .Node("GRU", "xt W R B", "y h", Integer("hidden_size", Hidden), Text("direction", "bidirectional"))
            .Node("Transpose", "y", "out", IntegerList("perm", 2, 0, 1, 3)).Output("out");
        GraphBuilder layout = new GraphBuilder().Input("x", 0, 0, Input).Recurrent("", 3, 2, Input, Hidden)
            .Node("GRU", "x W R B", "out h", Integer("hidden_size", Hidden), Text("direction", "bidirectional"), Integer("layout", 1))
            .Output("out");

        Assert.Equal(SequenceLayout.BatchMajor, Bind(layout).Model.Definition.Layout);
        Assert.Equal(Run(transposed), Run(layout));
    }

    [Fact]
    public void A_constant_initial_state_becomes_a_trained_one()
    {
        GraphBuilder graph = Core().Constant("h0", [1, 2, Hidden], [0.5f, -0.5f, 0.5f, -0.5f])
            .Node("LSTM", "x W R B - h0", "out", Integer("hidden_size", Hidden)).Output("out");

        RecurrentLayer layer = Assert.IsType<RecurrentLayer>(Assert.Single(Bind(graph).Model.Definition.Layers));

        Assert.Equal([0.5f, -0.5f], layer.Forward!.InitialHidden.ToArray());
        Assert.True(layer.Forward.InitialCell.IsEmpty);
    }

    [Theory]
    [InlineData("ends", "ends")]
    [InlineData("size", "ends")]
    public void Numbers_of_a_shape_are_compared_and_chosen_where_that_does_not_depend_on_lengths(string first, string last)
    {
        GraphBuilder graph = Trained(first, last).Node("LSTM", "x W R B - h0", "out", Integer("hidden_size", Hidden)).Output("out");

        RecurrentLayer layer = Assert.IsType<RecurrentLayer>(Assert.Single(Bind(graph).Model.Definition.Layers));

        Assert.Equal([0.5f, -0.5f], layer.Forward!.InitialHidden.ToArray());
    }

    [Fact]
    public void A_choice_that_depends_on_the_length_of_the_batch_is_refused()
    {
        GraphBuilder graph = Trained("ends", "ends", replaced: 2)
            .Node("LSTM", "x W R B - h0", "out", Integer("hidden_size", Hidden)).Output("out");

        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => Bind(graph));

        Assert.Contains("(Equal): whether 'x1' is 2 depends on the input", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 2, null)]
    [InlineData(1, 0, 2, "outputs come in the model's order of axes, [time, batch, features]; the graph has [batch, time, features]")]
    [InlineData(1, 2, 0, "outputs come in the model's order of axes, [time, batch, features]; the graph has [batch, features, time]")]
    public void An_output_in_another_order_of_axes_than_the_input_is_told(int first, int second, int third, string? message)
    {
        GraphBuilder graph = Core().Node("LSTM", "x W R B", "y", Integer("hidden_size", Hidden))
            .Integers("one", 1).Node("Squeeze", "y one", "s")
            .Node("Transpose", "s", "out", IntegerList("perm", first, second, third)).Output("out");

        ImportNote? note = Bind(graph).Model.Notes.SingleOrDefault(note => note.Subject == "out");

        Assert.Equal(message, note?.Message);
        Assert.Equal(message is null ? null : ImportNoteKind.Assumed, note?.Kind);
    }

    [Fact]
    public void Attributes_reach_the_specification()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", 0, 0, Input).Recurrent("", 4, 2, Input, Hidden)
            .Weights("P", 2, 3 * Hidden)
            .Node(
                "LSTM", "x W R B - - - P", "out", Integer("hidden_size", Hidden), Text("direction", "bidirectional"),
                Single("clip", 2.5f), Integer("input_forget", 1),
                Texts("activations", "hardsigmoid", "LeakyRelu", "TANH", "Sigmoid", "Affine", "elu"),
                Singles("activation_alpha", 0.3f, 0.1f, 2), Singles("activation_beta", 0.4f)).Output("out");

        RecurrentLayer layer = Assert.IsType<RecurrentLayer>(Assert.Single(Bind(graph).Model.Definition.Layers));
        LstmSpecification specification = Assert.IsType<LstmSpecification>(layer.Specification);

        Assert.Equal(2.5f, specification.Clip);
        Assert.Equal(GateCoupling.ForgetFromInput, specification.Coupling);
        Assert.Equal(
            new CellActivations(Activation.HardSigmoid(0.3f, 0.4f), Activation.LeakyRelu(0.1f), Activation.Tanh),
            specification.GetActivations(Direction.Forward));
        Assert.Equal(
            new CellActivations(Activation.Sigmoid, Activation.Affine(2, 0), Activation.Elu(1)),
            specification.GetActivations(Direction.Reverse));
        Assert.Equal(3 * Hidden, layer.Reverse!.Peephole.Length);
    }

    [Theory]
    [InlineData("LSTM", 4)]
    [InlineData("GRU", 3)]
    [InlineData("RNN", 1)]
    public void Gates_are_brought_into_the_order_of_GateOrder(string operation, int gates)
    {
        GraphBuilder graph = new GraphBuilder().Input("x", 0, 0, Input).Recurrent("", gates, 1, Input, Hidden)
            .Node(operation, "x W R B", "out", Integer("hidden_size", Hidden)).Output("out");
        float[] Values(string name) => OnnxTensor.Parse(Google.Protobuf.MessageExtensions.ToByteArray(
            graph.Graph.Initializer.Single(tensor => tensor.Name == name))).ToSingles();

        RecurrentLayer layer = Assert.IsType<RecurrentLayer>(Assert.Single(Bind(graph).Model.Definition.Layers));
        CellWeights expected = GateOrder.FromOnnx(layer.Specification, Values("W"), Values("R"), Values("B"));

        Assert.Equal(expected.InputWeights.ToArray(), layer.Forward!.InputWeights.ToArray());
        Assert.Equal(expected.RecurrentWeights.ToArray(), layer.Forward.RecurrentWeights.ToArray());
        Assert.Equal(expected.InputBias.ToArray(), layer.Forward.InputBias.ToArray());
        Assert.Equal(expected.RecurrentBias.ToArray(), layer.Forward.RecurrentBias.ToArray());
    }

    private static GraphBuilder Core() =>
        new GraphBuilder().Input("x", 0, 0, Input).Recurrent("", 4, 1, Input, Hidden);

    /// <summary>An initial state h0, brought to the length of the batch as PyTorch does for expand.</summary>
    private static GraphBuilder Trained(string first, string last, long replaced = -1) => Core()
        .Constant("h", [1, 1, Hidden], [0.5f, -0.5f]).Integers("ends", -1).Integers("size", 1)
        .Integers("all", -1).Integers("replaced", replaced).Integers("kept", 1)
        .Node("Shape", "x", "batch", Integer("start", 1), Integer("end", 2))
        .Node("Concat", $"{first} batch {last}", "s", Integer("axis", 0)).Node("Reshape", "s all", "list")
        .Node("Equal", "list replaced", "is").Node("Where", "is kept list", "shape").Node("Expand", "h shape", "h0");

    private static GraphBuilder Lstm() => new GraphBuilder().Input("x", 0, 0, Input).Recurrent("", 4, 2, Input, Hidden)
        .Node("LSTM", "x W R B", "y h c", Integer("hidden_size", Hidden), Text("direction", "bidirectional"));

    /// <summary>The weights of <see cref="Lstm"/>, each direction apart.</summary>
    private static GraphBuilder Halves()
    {
        GraphBuilder halves = new GraphBuilder().Input("x", 0, 0, Input);
        foreach (Recurrent.Formats.Onnx.TensorProto tensor in Lstm().Graph.Initializer)
        {
            float[] values = OnnxTensor.Parse(Google.Protobuf.MessageExtensions.ToByteArray(tensor)).ToSingles();
            int[] shape = [1, .. tensor.Dims.Skip(1).Select(length => (int)length)];
            halves.Constant($"f{tensor.Name}", shape, values[..(values.Length / 2)]);
            halves.Constant($"r{tensor.Name}", shape, values[(values.Length / 2)..]);
        }

        return halves;
    }

    private static OnnxBinding Bind(GraphBuilder graph) => graph.File().Bind(new Dictionary<string, OnnxTensor>());

    private static double[] Run(GraphBuilder graph)
    {
        OnnxBinding binding = Bind(graph);
        bool batchFirst = binding.Model.Definition.Layout == SequenceLayout.BatchMajor;
        int[] shape = batchFirst ? [Batch, Time, Input] : [Time, Batch, Input];
        return OnnxRun.Compute(binding, new Dictionary<string, (int[], double[])> { ["x"] = (shape, Sequence) })["out"];
    }
}
