using Recurrent.Layers;

namespace Recurrent.Tests.Layers;

/// <summary>A model is made only of layers that fit; the message names the argument, what was expected and what found.</summary>
public sealed class ModelDefinitionTests
{
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

    [Fact]
    public void Sizes_follow_from_the_layers()
    {
        ModelDefinition features = new([Rnn(3, 2, Direction.Bidirectional), new SoftmaxLayer(4), Dense(4, 5)]);
        Assert.Equal((3, 5, 4, 0, false), Sizes(features));
        ModelDefinition indices = new(
            [Embedding(7, 3), Rnn(3, 2)], ModelOutput.LastStep, new Masking { Output = MissingOutput.Repeat });
        Assert.Equal((1, 2, 2 + 2, 7, true), Sizes(indices));
        Assert.Equal(ModelOutput.LastStep, indices.Output);
        ModelDefinition zero = new([Rnn(3, 2)], masking: new Masking { Output = MissingOutput.Zero });
        Assert.Equal((3, 2, 2, 0, true), Sizes(zero));

        static (int Input, int Output, int State, int Vocabulary, bool CanStep) Sizes(ModelDefinition model) =>
            (model.InputSize, model.OutputSize, model.StateSize, model.VocabularySize, model.CanStep);
    }

    [Fact]
    public void A_definition_has_an_order_of_axes_and_a_rule_for_empty_rows()
    {
        Masking masking = new();
        ModelDefinition model = new([Rnn(3, 2)], ModelOutput.LastStep, masking);
        Assert.Equal((SequenceLayout.TimeMajor, EmptyRow.KeepsState), (model.Layout, model.EmptyRow));
        ModelDefinition other = model.WithLayout(SequenceLayout.BatchMajor).WithEmptyRow(EmptyRow.ZeroesState);
        Assert.Equal((SequenceLayout.BatchMajor, EmptyRow.ZeroesState), (other.Layout, other.EmptyRow));
        Assert.Equal(model.Layers, other.Layers);
        Assert.Equal((ModelOutput.LastStep, masking), (other.Output, other.Masking));
        Require("layout", "found 2", () => model.WithLayout((SequenceLayout)2));
        Require("emptyRow", "found 2", () => model.WithEmptyRow((EmptyRow)2));
        ModelDefinition inOneGo = new([Rnn(3, 2)], layout: SequenceLayout.BatchMajor, emptyRow: EmptyRow.ZeroesState);
        Assert.Equal((SequenceLayout.BatchMajor, EmptyRow.ZeroesState), (inOneGo.Layout, inOneGo.EmptyRow));
    }

    [Fact]
    public void A_definition_does_not_follow_its_list()
    {
        List<Layer> layers = [Rnn(1, 1)];
        ModelDefinition model = new(layers);
        layers.Clear();
        Assert.Single(model.Layers);
    }

    [Fact]
    public void The_tail_is_what_one_step_is_enough_for()
    {
        Assert.Equal(0, Tail(Dense(2, 2), new SoftmaxLayer(2)));
        Assert.Equal(0, Tail(Dense(2, 2), Residual(2, 1)));
        Assert.Equal(1, Tail(Embedding(2, 2)));
        Assert.Equal(1, Tail(Embedding(2, 2), Dense(2, 2)));
        Assert.Equal(1, Tail(Rnn(2, 2)));
        Assert.Equal(2, Tail(Dense(2, 2), Rnn(2, 2), Dense(2, 2), new SoftmaxLayer(2)));
        // A connection that starts with the tail belongs to it, one that starts before keeps all before it out.
        Assert.Equal(1, Tail(Rnn(2, 2), Dense(2, 2), Residual(2, 1)));
        Assert.Equal(3, Tail(Rnn(2, 2), Dense(2, 2), Residual(2, 2)));
        Assert.Equal(3, Tail(Rnn(2, 2), Dense(2, 2), Residual(2, 2), Dense(2, 2)));
        // One from within what was kept out keeps itself out too.
        Assert.Equal(4, Tail(Rnn(2, 2), Dense(2, 2), Residual(2, 2), Residual(2, 2)));
        Assert.Equal(3, Tail(Dense(2, 2), Residual(2, 1), Rnn(2, 2)));

        static int Tail(params Layer[] layers) => new ModelDefinition(layers).Graph.TailBegin;
    }

    [Fact]
    public void A_connection_around_layers_adds_what_the_first_one_took_in()
    {
        IReadOnlyList<Layer> layers = ResidualLayer.Around(Dense(3, 2), new SoftmaxLayer(2));
        ResidualSpecification residual = Assert.IsType<ResidualSpecification>(layers[2].Specification);
        Assert.Equal((2, 2), (residual.InputSize, residual.Span));
        Assert.Equal(2, new ModelDefinition(layers).OutputSize);
        Assert.Throws<ArgumentException>("layers", () => ResidualLayer.Around());
        Assert.Throws<ArgumentNullException>("layers[0]", () => ResidualLayer.Around([null!]));
    }

    [Fact]
    public void Layers_that_do_not_follow_each_other_are_refused()
    {
        Require("layers", "1 to 1024 layers, found 0", () => new ModelDefinition([]));
        Assert.Throws<ArgumentNullException>("layers", () => new ModelDefinition(null!));
        Assert.Throws<ArgumentNullException>("layers[1]", () => new ModelDefinition([Dense(1, 1), null!]));
        Require("layers", "layers[1]: expected InputSize 2", () => new ModelDefinition([Dense(3, 2), Dense(3, 2)]));
        Require("layers", "layers[1]: expected InputSize 2", () => new ModelDefinition([Dense(3, 2), Residual(3, 1)]));
        Require(
            "layers",
            "layers[1]: expected a layer that takes features",
            () => new ModelDefinition([Dense(3, 2), Embedding(2, 2)]));
    }

    [Fact]
    public void Connections_that_start_nowhere_are_refused()
    {
        Require(
            "layers", "layers[0]: expected a residual Span of at most 0", () => new ModelDefinition([Residual(1, 1)]));
        Require(
            "layers",
            "layers[1]: expected a residual Span of at most 1, the layers before, found 2",
            () => new ModelDefinition([Dense(1, 1), Residual(1, 2)]));
        Require(
            "layers",
            "layers[1]: expected a residual connection from at least 3 features, found 2, the input of layer 0",
            () => new ModelDefinition([Dense(2, 3), Residual(3, 1)]));
        Require(
            "layers",
            "from at least 3 features, found an index, the input of layer 0",
            () => new ModelDefinition([Embedding(9, 3), Residual(3, 1)]));
        Require("Span", "found 0", () => Residual(1, 0));
        Require("Span", "expected 1 to 1024, found 1025", () => Residual(1, 1025));
    }

    [Fact]
    public void Final_states_that_are_not_there_or_not_enough_are_refused()
    {
        _ = new ModelDefinition([Rnn(1, 1), Dense(1, 1), Residual(1, 1)], ModelOutput.FinalState);
        Require("output", "no layer has a state; found FinalState", Create(Dense(1, 1)));
        Require("output", "no layer has a state", Create(Embedding(2, 1), Dense(1, 1)));
        Require("output", "or a residual connection around it, needs", Create(Rnn(1, 1), Residual(1, 1)));
        Require("output", "or a residual connection around it, needs", Create(Rnn(1, 1), Dense(1, 1), Residual(1, 2)));
        Require("output", "a layer behind the last recurrent one", Create(Rnn(1, 1), new ReverseLayer(1)));
        Require("output", "found 3", () => new ModelDefinition([Rnn(1, 1)], (ModelOutput)3));

        static Func<object> Create(params Layer[] layers) => () => new ModelDefinition(layers, ModelOutput.FinalState);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(0.5f)]
    [InlineData(float.PositiveInfinity)]
    public void A_missing_step_of_a_model_that_takes_indices_is_an_index(float value)
    {
        Masking masking = new() { Value = value };
        Require(
            "masking", "expected an index from 0 to 1", () => new ModelDefinition([Embedding(2, 1)], masking: masking));
        _ = new ModelDefinition([Dense(2, 1)], masking: masking);
        _ = new ModelDefinition([Embedding(2, 1)], masking: new Masking());
        _ = new ModelDefinition([Embedding(2, 1)], masking: new Masking { Value = 1 });
        Require("Output", "found 2", () => new Masking { Output = (MissingOutput)2 });
    }

    [Fact]
    public void Parts_of_the_wrong_length_are_refused()
    {
        EmbeddingSpecification embedding = new() { InputSize = 3, OutputSize = 2 };
        Require(
            "table",
            "[InputSize, OutputSize] = [3, 2] (6 elements), found 5",
            () => new EmbeddingLayer(embedding, new float[5]));
        Require("table", "found 7", () => EmbeddingLayer.Wrap(embedding, new float[7]));
        Require("factors", "found 0", () => new ScaleLayer([]));
        Require("offsets", "[InputSize] = [2], found 3", () => new ScaleLayer(new float[2], new float[3]));
        Require("InputSize", "found 0", () => new SoftmaxLayer(0));
        Require("InputSize", "found -1", () => new ActivationLayer(-1, Activation.Relu));
        Require("Activation", "found 99", () => new ActivationLayer(1, new Activation((ActivationKind)99)));
        Require("Activation", "finite", () => new ActivationLayer(1, new Activation(ActivationKind.Elu, float.NaN)));
        SimpleRnnSpecification rnn = new() { InputSize = 1, HiddenSize = 2 };
        CellWeights weights = new(new float[2], new float[4]);
        Require(
            "directions[0].InitialHidden",
            "[StateSize] = [2], found 3",
            () => new RecurrentLayer(rnn, weights.WithInitialState(new float[3])));
        Require(
            "directions[0].InitialCell",
            "only an LSTM has a cell state",
            () => new RecurrentLayer(rnn, weights.WithInitialState([], new float[2])));
        LstmSpecification lstm = new() { InputSize = 1, HiddenSize = 2, ProjectionSize = 1 };
        CellWeights gates = new(new float[8], new float[8], projection: new float[2]);
        _ = new RecurrentLayer(lstm, gates.WithInitialState(new float[1], new float[2]));
        Require(
            "directions[0].InitialHidden",
            "[StateSize] = [1], found 2",
            () => new RecurrentLayer(lstm, gates.WithInitialState(new float[2])));
        Require(
            "directions[0].InitialCell",
            "[HiddenSize] = [2], found 1",
            () => new RecurrentLayer(lstm, gates.WithInitialState([], new float[1])));
    }

    private static void Require(string name, string text, Func<object> create)
    {
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(create);
        Assert.Equal(name, exception.ParamName);
        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
    }
}
