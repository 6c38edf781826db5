using Recurrent.Formats.Onnx;
using Recurrent.Layers;
using static Recurrent.Formats.Tests.Onnx.GraphBuilder;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>
/// What becomes of the forms that frameworks write around recurrent layers. <c>recurrent verify</c> compares what they compute
/// with ONNX Runtime.
/// </summary>
public sealed class OnnxFileTests
{
    public static string Golden => GoldenFiles.PathOf("onnx-files");

    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(Golden).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static TheoryData<string, string, string> Cells => new()
    {
        { "loop-lstm-stacked", "LstmSpecification LstmSpecification DenseSpecification", "Sigmoid Tanh Tanh" },
        { "loop-lstm-relu-hard-sigmoid", "LstmSpecification DenseSpecification", "HardSigmoid Relu Relu" },
        { "loop-hard-sigmoid-by-limits", "LstmSpecification GruSpecification DenseSpecification", "HardSigmoid Tanh Tanh" },
        { "loop-gru", "GruSpecification GruSpecification DenseSpecification", "Sigmoid Tanh" },
        { "loop-gru-reset-before", "GruSpecification GruSpecification DenseSpecification", "Sigmoid Tanh" },
        { "loop-simple-rnn", "SimpleRnnSpecification SimpleRnnSpecification DenseSpecification", "Tanh" },
        { "loop-masked-lstm", "LstmSpecification LstmSpecification DenseSpecification", "Sigmoid Tanh Tanh" },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_loop_around_a_cell_is_the_cell(string name, string layers, string activations)
    {
        ImportedModel model = Bind(name).Model;

        Assert.Equal(layers, string.Join(' ', model.Definition.Layers.Select(layer => layer.Specification.GetType().Name)));
        Activation[] found = model.Definition.Layers[0].Specification switch
        {
            LstmSpecification lstm => [lstm.GateActivation, lstm.CandidateActivation, lstm.OutputActivation],
            GruSpecification gru => [gru.GateActivation, gru.CandidateActivation],
            var simple => [((SimpleRnnSpecification)simple).Activation],
        };
        Assert.Equal(activations, string.Join(' ', found.Select(activation => activation.Kind)));
        Assert.Equal(
            name != "loop-gru-reset-before",
            model.Definition.Layers[0].Specification is not GruSpecification { ResetAfter: false });
        Assert.Contains(model.Notes, note => note.Kind == ImportNoteKind.Folded && note.Message.Contains("the loop became a layer", StringComparison.Ordinal));
        Assert.Equal(SequenceLayout.BatchMajor, model.Definition.Layout);
    }

    [Theory]
    [InlineData("loop-masked-lstm", 0f, MissingOutput.Repeat)]
    [InlineData("loop-masked-gru-steps", -1f, MissingOutput.Repeat)]
    [InlineData("loop-masked-zero-output", 0f, MissingOutput.Zero)]
    [InlineData("loop-masked-indices", 0f, MissingOutput.Repeat)]
    public void A_mask_that_selects_old_states_is_masking(string name, float value, MissingOutput output)
    {
        Masking? masking = Bind(name).Model.Definition.Masking;

        Assert.Equal(new Masking { Value = value, Output = output }, masking);
    }

    [Theory]
    [InlineData("refused-lstm-coupled", "/c_5' is ")]
    [InlineData("refused-lstm-swapped", "/c_5' is ")]
    [InlineData("refused-lstm-scaled", "1.5 *")]
    [InlineData("refused-gru-swapped", "/h_4' is ")]
    [InlineData("refused-loop-fewer-steps", "expected a loop over 7 steps, found [6")]
    [InlineData("refused-loop-state-of-other-rows", "(Gather)")]
    public void A_loop_near_a_cell_is_refused_by_what_it_does(string name, string expected)
    {
        var refusal = Assert.Throws<ModelFormatException>(() => Bind(name));

        Assert.Contains("(Loop): ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_that_is_no_cell_is_refused_with_the_way_out()
    {
        var refusal = Assert.Throws<ModelFormatException>(() => Bind("refused-lstm-coupled"));

        Assert.EndsWith("Of a Keras model, load the .keras or .h5 file.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_beside_a_sequence_is_no_state()
    {
        ModelDefinition found = Bind("row-as-wide-as-the-output").Model.Definition;

        Assert.Equal([ModelInput.Sequence("x", 3), ModelInput.Row("row", 2)], found.Inputs);
    }

    [Fact]
    public void States_side_by_side_are_those_of_a_session()
    {
        OnnxBinding binding = Bind("memory-beside");

        OnnxInput memory = binding.Inputs.Single(input => input.Name == "recurrent_in");
        Assert.Equal([OnnxAxis.Batch, OnnxAxis.Direction, OnnxAxis.Features], memory.Axes);
        Assert.Equal([StateKind.Hidden, StateKind.Cell], memory.States.Select(state => state.Kind));
        Assert.Equal([1, 2, 5, 6, 3, 4, 7, 8], memory.ToSession<int>([1, 2, 3, 4, 5, 6, 7, 8], 1, 2));
        OnnxOutput output = binding.Outputs.Single(output => output.Name == "recurrent_out");
        Assert.Equal(memory.Axes, output.Axes);
        Assert.Equal(memory.States, output.States);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], output.FromSession<int>([1, 2, 5, 6, 3, 4, 7, 8], 1, 2));
    }

    [Fact]
    public void Hidden_and_cell_states_in_one_tensor_are_those_of_a_session()
    {
        OnnxBinding binding = Bind("states-stacked-split");

        OnnxState[] states =
        [
            new(0, Direction.Forward, StateKind.Hidden), new(1, Direction.Forward, StateKind.Hidden),
            new(0, Direction.Forward, StateKind.Cell), new(1, Direction.Forward, StateKind.Cell),
        ];
        OnnxInput input = binding.Inputs.Single(input => input.Name == "state");
        OnnxOutput output = binding.Outputs.Single(output => output.Name == "z");
        Assert.Equal((OnnxInputRole.InitialStates, OnnxOutputRole.FinalStates), (input.Role, output.Role));
        Assert.Equal(states, input.States);
        Assert.Equal(states, output.States);
        Assert.Equal([OnnxAxis.Direction, OnnxAxis.Batch, OnnxAxis.Features], input.Axes);
    }

    [Fact]
    public void States_may_be_counted_by_several_axes()
    {
        OnnxBinding binding = Bind("states-stacked-axes");

        Assert.Equal(
            [
                (Direction.Forward, StateKind.Hidden), (Direction.Reverse, StateKind.Hidden),
                (Direction.Forward, StateKind.Cell), (Direction.Reverse, StateKind.Cell),
            ],
            binding.Inputs.Single(input => input.Name == "state").States.Select(state => (state.Direction, state.Kind)));
        Assert.Equal(binding.Inputs.Single(input => input.Name == "state").States, binding.Outputs[1].States);
    }

    [Theory]
    [InlineData("lengths-gather", "lengths")]
    [InlineData("lengths-gather-time-first", "lengths")]
    [InlineData("lengths-gather-branch", "lengths")]
    [InlineData("lengths-rows-numbered", "lengths")]
    [InlineData("lengths-rows-numbered-time-first", "lengths")]
    public void A_step_at_lengths_less_one_is_the_last_step_of_rows_with_lengths(string name, string lengths)
    {
        OnnxBinding binding = Bind(name);

        Assert.Equal(OnnxInputRole.Lengths, binding.Inputs.Single(input => input.Name == lengths).Role);
        Assert.Equal(ModelOutput.LastStep, binding.Model.Definition.Output);
        Assert.Null(binding.Model.CountedLengths);
    }

    [Fact]
    public void One_step_without_an_axis_of_time_is_a_sequence()
    {
        ModelDefinition model = Bind("states-lstm-one-step").Model.Definition;

        Assert.Equal([("x", ValueKind.Sequence), ("row", ValueKind.Sequence)], model.Inputs.Select(input => (input.Name, input.Kind)));
        Assert.True(model.CanStep);
    }

    [Theory]
    [InlineData("refused-masked-mean", "of which some are missing")]
    [InlineData("refused-last-value-beside-lengths", "it is made of steps past the end of a row")]
    [InlineData("refused-flip-before-lengths", "it is made of steps past the end of a row")]
    [InlineData("refused-gather-behind-reverse", "reads steps past the end of a row")]
    [InlineData("refused-gather-beside-steps", "output 'z': it has steps past the end of a row")]
    public void What_rows_of_other_lengths_would_make_something_else_is_refused(string name, string expected)
    {
        var refusal = Assert.Throws<ModelFormatException>(() => Bind(name));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lengths-of-indices", "ids", OnnxInputRole.Indices)]
    [InlineData("lengths-of-features", "x", OnnxInputRole.Sequence)]
    [InlineData("lengths-of-a-mask", "mask", OnnxInputRole.Mask)]
    public void Lengths_that_a_graph_counts_are_a_rule_and_no_mask(string name, string input, OnnxInputRole role)
    {
        OnnxBinding binding = Bind(name);

        Assert.Equal(new CountedLengths(input, 0, role == OnnxInputRole.Mask ? -1 : 0), binding.Model.CountedLengths);
        Assert.Equal(role, binding.Inputs.Single(one => one.Name == input).Role);
        Assert.Null(binding.Model.Definition.Masking);
        Assert.Contains(binding.Model.Notes, note => note.Message.Contains("steps that are not 0", StringComparison.Ordinal));
    }

    [Fact]
    public void Steps_are_counted_wherever_they_stand()
    {
        var rule = new CountedLengths("ids", 0, 0);

        Assert.Equal([2, 1, 0], rule.Count<int>([0, 3, 1, 0, 0, 1, 0, 0, 0], time: 3, batch: 3, SequenceLayout.BatchMajor));
        Assert.Equal([1, 2, 0], rule.Count<int>([0, 3, 0, 0, 1, 0, 1, 0, 0], time: 3, batch: 3, SequenceLayout.TimeMajor));
        Assert.Equal([1, 2], rule.Count<float>([0, 0, 0, -1, 0, 2, 1, 0], time: 2, batch: 2, SequenceLayout.TimeMajor));
        Assert.Empty(rule.Count<float>([], time: 2, batch: 0, SequenceLayout.TimeMajor));
        Assert.Throws<ArgumentException>(() => rule.Count<int>([1, 2, 3], time: 2, batch: 1, SequenceLayout.TimeMajor));
    }

    [Fact]
    public void Quantized_weights_become_float_ones_with_a_note()
    {
        ImportedModel model = Bind("dynamic-quantized-lstm").Model;

        Assert.Equal(Direction.Bidirectional, Assert.Single(model.Definition.Layers.OfType<RecurrentLayer>()).Specification.Direction);
        Assert.Contains(model.Notes, note => note.Message.StartsWith("quantized weights became float ones", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("half-precision")]
    [InlineData("half-precision-inside")]
    public void Half_precision_is_computed_in_single_with_one_note(string name)
    {
        ImportNote[] notes = [.. Bind(name).Model.Notes.Where(note => note.Subject == "float16")];

        Assert.Single(notes);
    }

    [Fact]
    public void Data_that_is_dequantized_is_refused()
    {
        OnnxFile file = new GraphBuilder().Input("x", 3, [0, 0, 3]).Constant("s", [], [0.1f]).Node("DequantizeLinear", "x s", "f")
            .Recurrent("l", 3, 1, 3, 4).Node("GRU", "f lW lR lB", "y h").Output("h").File();

        var refusal = Assert.Throws<ModelFormatException>(() => file.ToModel());

        Assert.Contains("only constants can be dequantized", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1f, "[0.5, -2.5, 6.5]")]
    [InlineData(2, 1f, "[-0.5, -3.5, 5.5]")]
    public void Integers_with_factors_are_the_numbers_that_they_stand_for(long zero, float scale, string expected)
    {
        // A factor of one half for each column; a GRU's bias shows the numbers.
        GraphBuilder graph = new GraphBuilder().Input("x", 0, 0, 1).Constant("s", [], [scale * 0.5f])
            .Tensor(new TensorProto { Name = "q", DataType = 3, Dims = { 1, 6 }, Int32Data = { 1, -5, 13, 0, 0, 0 } })
            .Tensor(new TensorProto { Name = "z", DataType = 3, Int32Data = { (int)zero } })
            .Node("DequantizeLinear", "q s z", "B").Recurrent("l", 3, 1, 1, 1).Node("GRU", "x lW lR B", "y h").Output("h");

        var layer = (RecurrentLayer)graph.File().ToModel().Definition.Layers[0];

        // ONNX has the gates z r h, the library r z n.
        float[] bias = layer.Forward!.InputBias.ToArray();
        Assert.Equal(expected, $"[{string.Join(", ", ((float[])[bias[1], bias[0], bias[2]]).Select(value => FormattableString.Invariant($"{value}")))}]");
    }

    [Fact]
    public void An_input_beside_a_mask_of_another_one_is_refused()
    {
        // What reads the steps without a loop that skips them computes them.
        GraphBuilder graph = new GraphBuilder().Input("x", 0, 0, 3).Constant("m", [], [-1]).Constant("0", [], [0]).Integers("last", -1)
            .Node("Equal", "x m", "e").Node("Not", "e", "n").Node("Cast", "n", "f", Integer("to", 1))
            .Node("ReduceSum", "f last", "c").Node("Greater", "c 0", "g").Node("Cast", "g", "gf", Integer("to", 1))
            .Node("Mul", "x gf", "xm").Recurrent("l", 3, 1, 3, 4).Node("GRU", "xm lW lR lB", "y h").Output("h");

        var refusal = Assert.Throws<ModelFormatException>(() => graph.File().ToModel());

        Assert.Contains("(Mul): an input times its mask is read by layers that know of no missing steps", refusal.Message, StringComparison.Ordinal);
    }

    private static OnnxBinding Bind(string name) =>
        OnnxFile.Open(Path.Combine(Golden, name, "model.onnx")).Bind(new Dictionary<string, OnnxTensor>());
}
