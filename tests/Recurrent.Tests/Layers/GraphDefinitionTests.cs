using Recurrent.Layers;

namespace Recurrent.Tests.Layers;

/// <summary>A graph is made only of values that go together; the message names the layer, what was expected and found.</summary>
public sealed class GraphDefinitionTests
{
    private static readonly ModelInput[] Three =
        [ModelInput.Sequence("x", 4), ModelInput.Row("static", 3), ModelInput.Indices("words", 9)];

    [Fact]
    public void Values_are_numbered_and_know_what_they_are()
    {
        ModelDefinition model = new(
            Three,
            [
                new(Embedding(9, 5), 2),
                new(new ConcatenationLayer(9), 0, 3),
                new(Rnn(9, 6, Direction.Bidirectional)),
                new(new FinalStateLayer(12)),
                new(new LastStepLayer(9), 4),
                new(new ConcatenationLayer(24), 6, 7, 1),
                new(new RepeatLayer(24, 5)),
                new(new RepeatLayer(24), 8),
                new(new LastStepsLayer(24, 2)),
                new(new ReverseLayer(24)),
                new(new SliceLayer(24, 20, 4), 8),
            ],
            [new("steps", 9), new("last", 12), new("row", 13)],
            emptyRow: EmptyRow.ZeroesState);
        Assert.Equal(
            [
                (ValueKind.Sequence, 4), (ValueKind.Row, 3), (ValueKind.Indices, 9), (ValueKind.Sequence, 5),
                (ValueKind.Sequence, 9), (ValueKind.Sequence, 12), (ValueKind.Row, 12), (ValueKind.Row, 9),
                (ValueKind.Row, 24), (ValueKind.Sequence, 24), (ValueKind.Sequence, 24), (ValueKind.Sequence, 24),
                (ValueKind.Sequence, 24), (ValueKind.Row, 4),
            ],
            model.Values.Select(value => (value.Kind, value.Size)));
        Assert.Equal(Enumerable.Range(0, 14), model.Values.Select(value => value.Number));
        Assert.Equal(
            [
                new OutputValue("steps", 9, ValueKind.Sequence, 24), new("last", 12, ValueKind.Sequence, 24),
                new("row", 13, ValueKind.Row, 4),
            ],
            model.Outputs);
        Assert.Equal(Three, model.Inputs);
        Assert.Equal([4], model.Nodes[2].Inputs);
        Assert.Equal([6, 7, 1], model.Nodes[5].Inputs);
        Assert.Equal((12, false, false), (model.StateSize, model.CanStep, model.IsChain));
        Assert.Equal((4, 0, 24), (model.InputSize, model.VocabularySize, model.OutputSize));
        Assert.Equal([5, 2, 1], Enumerable.Range(0, 3).Select(output => model.OutputSteps(output, 7)));
        Assert.Equal([5, 1, 1], Enumerable.Range(0, 3).Select(output => model.OutputSteps(output, 1)));
        Assert.Equal([0, 0, 1], Enumerable.Range(0, 3).Select(output => model.OutputSteps(output, 0)));
        Require("output", "found 3", () => model.OutputSteps(3, 1));
        Require("time", "found -1", () => model.OutputSteps(0, -1));
    }

    [Fact]
    public void Layers_start_from_rows()
    {
        ModelDefinition model = Starting(Lstm(4, 3, Direction.Bidirectional), 4, 5);
        Assert.Equal([0, 4, 5], model.Nodes[3].Inputs);
        Assert.False(model.CanStep);
        Assert.False(model.IsChain);
        ModelDefinition given = new(Three, [new(Rnn(4, 3), 0, 1)], [new("y", 3)]);
        NotSupportedException refused = Assert.Throws<NotSupportedException>(given.Graph.RequireStep);
        Assert.Contains(
            "layer 0 starts from states that it reads, which needs the whole sequence", refused.Message, StringComparison.Ordinal);

        // The hidden states alone, and those of a given row.
        Assert.Equal([0, 4], Starting(Lstm(4, 3, Direction.Bidirectional), 4).Nodes[3].Inputs);
        Assert.Equal([0, 1], Starting(Rnn(4, 3, Direction.Reverse), 1).Nodes[3].Inputs);
    }

    [Fact]
    public void States_to_start_from_have_to_fit()
    {
        Require("layers", "layers[3]: expected 6 hidden states to start from, found 3 of input 1", () => Starting(Lstm(4, 3, Direction.Bidirectional), 1));
        Require("layers", "layers[3]: expected 6 cell states to start from, found 3 of input 1", () => Starting(Lstm(4, 3, Direction.Bidirectional), 4, 1));
        Require("layers", "layers[3]: expected a row to start from, found a sequence, input 0", () => Starting(Lstm(4, 3, Direction.Bidirectional), 0));
        Require("layers", "layers[3]: expected 1 to 2 values to read, found 3", () => Starting(Rnn(4, 3, Direction.Reverse), 1, 1));
        CellWeights weights = new(new float[12], new float[9], initialHidden: new float[3]);
        RecurrentLayer trained = new(new SimpleRnnSpecification { InputSize = 4, HiddenSize = 3 }, weights);
        Require("layers", "layers[3]: expected no InitialHidden, because the layer reads these states", () => Starting(trained, 1));
        Require(
            "layers", "layers[1]: expected to read the output of an LSTM, found the value of layer 0",
            () => new ModelDefinition(Three, [new(Rnn(4, 3), 0), new(new FinalCellStateLayer(3, 3), 3)], [new("y", 4)]));
        Require(
            "layers", "layers[1]: expected CellSize 6, the cell states of the value of layer 0, found 5",
            () => new ModelDefinition(Three, [new(Lstm(4, 3, Direction.Bidirectional), 0), new(new FinalCellStateLayer(6, 5), 3)], [new("y", 4)]));
    }

    [Fact]
    public void A_list_of_layers_is_the_short_form_of_a_graph()
    {
        ModelDefinition list = new([Embedding(9, 5), Rnn(5, 3), new LastStepLayer(3), new RepeatLayer(3, 4)]);
        Assert.Equal([ModelInput.Indices("x", 9)], list.Inputs);
        Assert.Equal([new OutputValue("y", 4, ValueKind.Sequence, 3)], list.Outputs);
        Assert.True(list.IsChain);
        Assert.Equal(4, list.OutputSteps(0, 9));
        ModelDefinition graph = new(
            list.Inputs, [.. list.Layers.Select(layer => new LayerNode(layer))], [new("y", 4)]);
        Assert.True(graph.IsChain);
        Assert.Equal(list.Nodes.Select(node => node.Inputs[0]), graph.Nodes.Select(node => node.Inputs[0]));
        Assert.Equal(list.Values, graph.Values);
        ModelDefinition option = new([Rnn(5, 3), new SoftmaxLayer(3)], ModelOutput.FinalState);
        Assert.Equal([ValueKind.Sequence, ValueKind.Row, ValueKind.Row], option.Values.Select(value => value.Kind));
        Assert.Equal(ValueKind.Row, option.Outputs[0].Kind);
        Assert.Equal(ValueKind.Row, new ModelDefinition([Rnn(5, 3)], ModelOutput.LastStep).Outputs[0].Kind);
        // Both outputs of a list that names them.
        Assert.False(new ModelDefinition(
            list.Inputs, [.. list.Layers.Select(layer => new LayerNode(layer))], [new("y", 4), new("h", 2)]).IsChain);
    }

    [Fact]
    public void The_same_model_with_other_layers_keeps_its_wiring()
    {
        ModelDefinition model = new(
            [ModelInput.Sequence("a", 2), ModelInput.Row("b", 2)],
            [new(new RepeatLayer(2), 1), new(new SumLayer(2), 0, 2), new(Rnn(2, 2))],
            [new("h", 4), new("sum", 3)],
            new Masking());
        Layer other = Rnn(2, 2);
        ModelDefinition changed = model
            .WithLayers([model.Layers[0], model.Layers[1], other])
            .WithLayout(SequenceLayout.BatchMajor)
            .WithEmptyRow(EmptyRow.ZeroesState);
        Assert.Same(other, changed.Layers[2]);
        Assert.Equal([0, 2], changed.Nodes[1].Inputs);
        Assert.Equal(model.Inputs, changed.Inputs);
        Assert.Equal(model.Outputs, changed.Outputs);
        Assert.Equal(
            (SequenceLayout.BatchMajor, EmptyRow.ZeroesState, model.Masking),
            (changed.Layout, changed.EmptyRow, changed.Masking));
        Require("layers", "found 1", () => model.WithLayers([other]));
    }

    [Fact]
    public void Layers_that_need_the_whole_sequence_are_named()
    {
        Assert.True(Of(new LastStepLayer(4), 0).CanStep);
        Assert.True(Of(new RepeatLayer(3), 1).CanStep);
        Assert.True(new ModelDefinition([Rnn(4, 2), new FinalStateLayer(2)]).CanStep);
        Refuses("layer 0, a ReverseLayer, puts out the last step first", Of(new ReverseLayer(4), 0));
        Refuses("layer 0, a LastStepsLayer, puts out the last steps", Of(new LastStepsLayer(4, 2), 0));
        Refuses("layer 0, a RepeatLayer, makes 2 steps of a row", Of(new RepeatLayer(3, 2), 1));
        Refuses("layer 0 has the direction Reverse", new ModelDefinition([Rnn(4, 2, Direction.Reverse)]));
        Refuses(
            "layer 2, a RepeatLayer, repeats a row that is made of a sequence",
            new ModelDefinition(
                Three,
                [new(new LastStepLayer(4), 0), new(new ConcatenationLayer(7), 1, 3), new(new RepeatLayer(7))],
                [new("y", 5)]));

        static ModelDefinition Of(Layer layer, int input) => new(Three, [new(layer, input)], [new("y", 3)]);

        static void Refuses(string reason, ModelDefinition model)
        {
            Assert.False(model.CanStep);
            Assert.Contains(
                reason, Assert.Throws<NotSupportedException>(model.Graph.RequireStep).Message, StringComparison.Ordinal);
            Assert.Contains(reason, model.Graph.SecondPiece().Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_layer_reads_values_before_its_own_and_as_many_as_it_takes()
    {
        Refuses("layers[0]: expected to read values from 0 to 2, those before its own, found 3", Node(Dense(4, 1), 3));
        Refuses("found -1", Node(Dense(4, 1), -1));
        Refuses("layers[0]: expected 1 values to read, found 2", Node(Dense(4, 1), 0, 0));
        Refuses("expected 2 to 1024 values to read, found 1", Node(new SumLayer(4), 0));
        Refuses("expected 2 values to read, found 3", Node(new ProductLayer(4), 0, 0, 0));
        _ = new ModelDefinition(Three, [new(new ProductLayer(4), 0, 0)], [new("square", 3)]);
    }

    [Fact]
    public void A_layer_reads_values_of_its_kind_size_and_steps()
    {
        Refuses("layers[0]: expected a sequence to read, found a row, input 1", Node(Rnn(3, 1), 1));
        Refuses("expected a sequence or a row to read, found indices, input 2", Node(Dense(9, 1)));
        Refuses("expected indices to read, found a sequence, input 0", Node(Embedding(4, 1), 0));
        Refuses("expected a row to read, found a sequence", Node(new RepeatLayer(4), 0));
        foreach (Layer layer in new Layer[]
            { new LastStepLayer(3), new FinalStateLayer(3), new ReverseLayer(3), new LastStepsLayer(3, 1) })
        {
            Refuses("expected a sequence to read, found a row", Node(layer, 1));
        }

        Refuses("expected InputSize 4, that of input 0, found 5", Node(Dense(5, 1), 0));
        Refuses("expected InputSize 8, the sizes of the values that it reads, found 7", Node(new ConcatenationLayer(7), 0, 0));
        Refuses("expected to read what a recurrent layer puts out, found input 0", Node(new FinalStateLayer(4), 0));
        Refuses(
            "expected to read what a recurrent layer puts out, found the value of layer 0",
            Node(Dense(4, 4), 0), Node(new FinalStateLayer(4)));
        Refuses(
            "layers[1]: expected values with the same steps, found the model's steps of input 0 and the last 2 of the model's "
            + "steps of the value of layer 0",
            Node(new LastStepsLayer(4, 2), 0), Node(new SumLayer(4), 0, 3));
        Refuses("found the model's steps of input 0 and one step", Node(new LastStepLayer(4), 0), Node(new SumLayer(4), 0, 3));
        Refuses(
            "found 2 steps of the value of layer 0 and 3 steps of the value of layer 1",
            Node(new RepeatLayer(3, 2), 1), Node(new RepeatLayer(3, 3), 1), Node(new SumLayer(3), 3, 4));
        // The same steps, made the same way twice.
        _ = new ModelDefinition(
            Three,
            [
                Node(new LastStepsLayer(4, 2), 0), Node(new LastStepsLayer(4, 2), 0), Node(new SumLayer(4), 3, 4),
                Node(new RepeatLayer(3, 2), 1), Node(new RepeatLayer(3, 2), 1), Node(new SumLayer(3), 6, 7),
            ],
            [new("y", 5)]);
    }

    [Fact]
    public void A_residual_connection_starts_where_one_value_is_read_that_fits()
    {
        _ = new ModelDefinition(Three, [new(Rnn(4, 2), 0), new(Residual(2, 1))], [new("y", 4)]);
        Refuses(
            "layers[1]: expected a residual connection from at least 4 features, found 2 values, the input of layer 0",
            Node(new SumLayer(4), 0, 0), Node(Residual(4, 1)));
        Refuses(
            "found the model's steps, and one step to add to, the input of layer 0",
            Node(new LastStepLayer(4), 0), Node(Residual(4, 1)));
        Refuses("found an index, the input of layer 0", Node(Embedding(9, 4), 2), Node(Residual(4, 1)));
    }

    [Fact]
    public void Inputs_and_outputs_have_names_of_their_own()
    {
        LayerNode[] layers = [new(Dense(4, 1), 0), new(Dense(4, 1), 0)];
        Create("inputs", "expected 1 to 1024 inputs, found 0", [], layers, [new("y", 1)]);
        Create("outputs", "expected 1 to 1024 outputs, found 0", Three, layers, []);
        Create("layers", "expected 1 to 1024 layers, found 0", Three, [], [new("y", 3)]);
        Create("inputs", "inputs[0]: expected a name of 1 to 256", [new("", ValueKind.Row, 1)], layers, [new("y", 1)]);
        Create("inputs", "control character", [new("a\n", ValueKind.Row, 1)], layers, [new("y", 1)]);
        Create(
            "inputs", "inputs[1]: expected a name of its own, found that of inputs[0]",
            [new("a", ValueKind.Sequence, 4), new("a", ValueKind.Row, 1)], layers, [new("y", 2)]);
        Create("inputs", "found rows alone", [ModelInput.Row("a", 4)], layers, [new("y", 1)]);
        Create("inputs[0].Kind", "found 3", [new("a", (ValueKind)3, 1)], layers, [new("y", 1)]);
        Create("inputs[0].Size", "found 0", [new("a", ValueKind.Row, 0)], layers, [new("y", 1)]);
        Create("outputs", "outputs[0]: expected a name", Three, layers, [new("", 3)]);
        Create("outputs", "outputs[1]: expected a name of its own", Three, layers, [new("y", 3), new("y", 4)]);
        Create("outputs", "found 3 again", Three, layers, [new("y", 3), new("z", 3)]);
        Create("outputs", "expected the value of a layer, 3 to 4, found 0, an input.", Three, layers, [new("y", 0)]);
        Create("outputs", "expected the value of a layer, 3 to 4, found 5.", Three, layers, [new("y", 5)]);
        Assert.Throws<ArgumentNullException>("layers[0]", () => new ModelDefinition(Three, [null!], [new("y", 3)]));
        Assert.Throws<ArgumentNullException>("layer", () => new LayerNode(null!));

        static void Create(
            string argument, string text, ModelInput[] inputs, LayerNode[] layers, NamedOutput[] outputs) =>
            Require(argument, text, () => new ModelDefinition(inputs, layers, outputs));
    }

    [Fact]
    public void What_changes_the_number_of_steps_does_not_go_with_missing_ones()
    {
        Require(
            "masking", "layer 0, a LastStepsLayer, changes the number of steps",
            () => new ModelDefinition([new LastStepsLayer(2, 1)], masking: new Masking()));
        Require(
            "masking", "layer 0, a RepeatLayer, changes the number of steps",
            () => new ModelDefinition(Three, [new(new RepeatLayer(3, 1), 1)], [new("y", 3)], new Masking()));
        _ = new ModelDefinition(Three, [new(new RepeatLayer(3), 1)], [new("y", 3)], new Masking());
        ModelDefinition repeating = new(
            Three, [new(Dense(4, 2), 0), new(Dense(4, 3), 0)], [new("a", 3), new("b", 4)],
            new Masking { Output = MissingOutput.Repeat });
        Assert.Equal(5, repeating.StateSize);
        // A value that is no index is that of the features.
        _ = new ModelDefinition(Three, [new(Dense(4, 2), 0)], [new("a", 3)], new Masking { Value = -1 });
        Require(
            "masking", "expected an index from 0 to 8",
            () => new ModelDefinition(
                [ModelInput.Indices("a", 9), ModelInput.Indices("b", 3)],
                [new(Embedding(9, 1), 0)],
                [new("y", 2)],
                new Masking { Value = 9 }));
    }

    [Fact]
    public void The_option_of_a_list_takes_a_sequence()
    {
        Require(
            "output", "expected EveryStep, because the last layer puts out a row; found LastStep",
            () => new ModelDefinition([Rnn(2, 2), new LastStepLayer(2)], ModelOutput.LastStep));
        Require(
            "output", "a layer behind the last recurrent one",
            () => new ModelDefinition([Rnn(2, 2), new ReverseLayer(2)], ModelOutput.FinalState));
        _ = new ModelDefinition([Rnn(2, 2), new ReverseLayer(2)], ModelOutput.LastStep);
    }

    [Fact]
    public void A_slice_is_within_what_it_reads()
    {
        Require("specification", "at most InputSize 4, found 2 + 3", () => new SliceLayer(4, 2, 3));
        Require("First", "found -1", () => new SliceLayer(4, -1, 3));
        Require("Steps", "found 0", () => new LastStepsLayer(4, 0));
        Require("Steps", "found -1", () => new RepeatLayer(4, -1));
    }

    private static Layer Rnn(int inputs, int hidden, Direction direction = Direction.Forward)
    {
        SimpleRnnSpecification rnn = new() { InputSize = inputs, HiddenSize = hidden, Direction = direction };
        CellWeights weights = new(new float[hidden * inputs], new float[hidden * hidden]);
        return new RecurrentLayer(rnn, [.. Enumerable.Repeat(weights, rnn.DirectionCount)]);
    }

    private static Layer Dense(int inputs, int outputs) => new DenseLayer(
        new DenseSpecification { InputSize = inputs, OutputSize = outputs },
        new DenseWeights(new float[inputs * outputs]));

    private static Layer Embedding(int vocabulary, int outputs) => new EmbeddingLayer(
        new EmbeddingSpecification { InputSize = vocabulary, OutputSize = outputs },
        new float[vocabulary * outputs]);

    private static Layer Residual(int size, int span) =>
        new ResidualLayer(new ResidualSpecification { InputSize = size, Span = span });

    private static LayerNode Node(Layer layer, params int[] inputs) => new(layer, inputs);

    /// <summary>Refuses the last of some layers over three inputs.</summary>
    private static void Refuses(string text, params LayerNode[] layers) =>
        Require("layers", text, () => new ModelDefinition(Three, layers, [new("y", 2 + layers.Length)]));

    private static void Require(string name, string text, Func<object> create)
    {
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(create);
        Assert.Equal(name, exception.ParamName);
        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
    }

    // Behind an LSTM of both directions (value 3) with its final hidden (4) and cell states (5).
    private static ModelDefinition Starting(Layer layer, params int[] states) => new(
        Three,
        [
            new(Lstm(4, 3, Direction.Bidirectional), 0),
            new(new FinalStateLayer(6), 3),
            new(new FinalCellStateLayer(6, 6), 3),
            new(layer, [0, .. states]),
        ],
        [new("y", 6)]);

    private static RecurrentLayer Lstm(int inputs, int units, Direction direction)
    {
        var specification = new LstmSpecification { InputSize = inputs, HiddenSize = units, Direction = direction };
        CellWeights weights = new(new float[4 * units * inputs], new float[4 * units * units]);
        return new RecurrentLayer(specification, [.. Enumerable.Repeat(weights, specification.DirectionCount)]);
    }
}
