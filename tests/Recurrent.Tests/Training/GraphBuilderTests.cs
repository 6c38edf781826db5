using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Graphs built as with Keras's functional API.</summary>
public sealed class GraphBuilderTests
{
    [Fact]
    public void Shapes_follow_from_the_values()
    {
        Graph graph = new(seed: 1);
        GraphValue x = graph.Input("x", 8);
        GraphValue h = x.Lstm(20, Direction.Bidirectional);
        // An input may come after layers: values are numbered in the end.
        GraphValue constants = graph.RowInput("static", 3);
        GraphValue words = graph.IndexInput("words", 50);
        GraphValue all = h.Concatenate(words.Embedding(5), constants.Repeat());
        GraphValue y = h.FinalState().Concatenate(constants).Dense(6, Activation.Relu).Slice(2, 3).Softmax();
        GraphValue decoded = y.Repeat(4).Gru(2);
        GraphValue gated = (all * all) + all.Activation(Activation.Tanh);
        Assert.Equal(
            [
                (ValueKind.Sequence, 40), (ValueKind.Row, 3), (ValueKind.Indices, 50), (ValueKind.Sequence, 48),
                (ValueKind.Row, 3), (ValueKind.Sequence, 2), (ValueKind.Sequence, 48),
            ],
            new[] { h, constants, words, all, y, decoded, gated }.Select(value => (value.Kind, value.Size)));
        Assert.Equal("a sequence of 2 features, 4 steps", decoded.ToString());
        Assert.Equal("a row of 3 features", y.ToString());
        ModelDefinition model = graph.ToDefinition(
            ("class", y), ("decoded", decoded), ("last", gated.LastSteps(3).Reverse()), ("row", all.LastStep()));
        Assert.Equal(["x", "static", "words"], model.Inputs.Select(input => input.Name));
        Assert.Equal(
            [
                ("class", ValueKind.Row, 3), ("decoded", ValueKind.Sequence, 2), ("last", ValueKind.Sequence, 48),
                ("row", ValueKind.Row, 48),
            ],
            model.Outputs.Select(output => (output.Name, output.Kind, output.Size)));
        Assert.Equal([1, 4, 3, 1], Enumerable.Range(0, 4).Select(output => model.OutputSteps(output, 7)));
        Assert.Equal(SequenceLayout.BatchMajor, model.Layout);
        float[][] outputs = ReferenceModel<float>.Create(model).Predict(
            [new float[2 * 7 * 8], new float[6], new int[14]], 2, 7);
        Assert.Equal([6, 16, 288, 96], outputs.Select(output => output.Length));
    }

    [Fact]
    public void Layers_start_from_states()
    {
        Graph graph = new(seed: 1);
        GraphValue encoded = graph.Input("x", 3).Lstm(4, Direction.Bidirectional);
        GraphValue h = encoded.FinalState();
        GraphValue decoded = h.Repeat(5).Lstm(8, initialState: [h, encoded.FinalCellState()]);
        GraphValue other = decoded.Gru(4, initialState: [graph.RowInput("static", 4)]).SimpleRnn(8, initialState: [h]);
        ModelDefinition model = graph.ToDefinition(("y", other));
        Assert.Equal([4, 3, 5], model.Nodes[4].Inputs);
        Assert.Equal([6, 1], model.Nodes[5].Inputs);
        Assert.Equal([7, 3], model.Nodes[6].Inputs);
        Assert.False(model.CanStep);

        ArgumentException refused = Assert.ThrowsAny<ArgumentException>(() => h.Repeat(5).Lstm(7, initialState: [h]));
        Assert.Contains("expected 7 hidden states to start from, found 8", refused.Message, StringComparison.Ordinal);
        refused = Assert.ThrowsAny<ArgumentException>(() => decoded.Gru(3).FinalCellState());
        Assert.Contains("expected to read the output of an LSTM", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_follow_each_other_have_the_parameters_of_a_sequential_model()
    {
        ModelDefinition sequential = new Sequential(3, seed: 7)
            .Dropout(0.1f).Lstm(4, recurrentDropout: 0.2f).Dense(3).Softmax().Dense(2).ToDefinition(ModelOutput.EveryStep);
        Graph graph = new(seed: 7);
        GraphValue y = graph.Input("x", 3)
            .Dropout(0.1f).Lstm(4, recurrentDropout: 0.2f).Dense(3).Softmax().Dense(2);
        ModelDefinition built = graph.ToDefinition(("y", y));
        Assert.True(built.IsChain);
        Assert.Equal(ParameterBlocks.Gather(sequential), ParameterBlocks.Gather(built));
        Assert.Equal(
            [new LayerDropout(Elements: 0.1f, State: 0.2f), default, default, default],
            graph.DropoutRates(("y", y)));
    }

    [Fact]
    public void A_dropout_that_several_layers_read_is_the_same_for_all()
    {
        Graph graph = new(seed: 1);
        GraphValue x = graph.Input("x", 3);
        GraphValue dropped = x.Dropout(0.5f);
        GraphValue sum = dropped.Dense(3) + dropped;
        Assert.Equal(
            [new LayerDropout(Elements: 0.5f), default, default],
            graph.DropoutRates(("y", sum)));
        // In front of one layer it belongs to that one, and what reads several values has none.
        GraphValue single = x.Dropout(0.25f).Dense(3) + x.Dropout(0.75f);
        Assert.Equal(
            [
                new LayerDropout(Elements: 0.5f), default, default, new LayerDropout(Elements: 0.25f),
                new LayerDropout(Elements: 0.75f), default,
            ],
            graph.DropoutRates(("y", sum), ("z", single)));
        ModelDefinition definition = graph.ToDefinition(("y", sum), ("z", single));
        ReferenceGradientSession<double> session =
            ReferenceGradientSession<double>.Open(definition, graph.DropoutRates(("y", sum), ("z", single)));
        double[] ones = [.. Enumerable.Repeat(1.0, 60)];
        double[] y = new double[60];
        session.Forward(
            new GradientBatch<double> { Inputs = [ones], Time = 20, Batch = 1, DropoutSeed = 3 }, [y]);
        // What the dense layer has made of the elements that the sum has: where all are dropped, its bias of 0.
        int dropouts = 0;
        DenseLayer dense = Assert.IsType<DenseLayer>(definition.Layers[1]);
        for (int step = 0; step < 20; step++)
        {
            for (int mask = 0; mask < 8; mask++)
            {
                double[] kept = [.. Enumerable.Range(0, 3).Select(j => (mask >> j & 1) * 2.0)];
                bool matches = Enumerable.Range(0, 3).All(j => Math.Abs(
                    kept[j] + Enumerable.Range(0, 3).Sum(k => dense.Weights.Kernel.Span[(j * 3) + k] * kept[k])
                    - y[(step * 3) + j]) < 1e-9);
                dropouts += matches ? 1 : 0;
            }
        }

        Assert.Equal(20, dropouts);
    }

    [Fact]
    public void Masking_and_penalties_go_with_the_layers()
    {
        Graph graph = new(seed: 1) { Initialization = LayerInitialization.PyTorch };
        GraphValue y = graph.IndexInput("x", 9).Embedding(2).SimpleRnn(3);
        Masking masking = new() { Value = 0 };
        ModelDefinition model = graph.ToDefinition(masking, ("y", y));
        Assert.Equal(masking, model.Masking);
        RecurrentLayer layer = Assert.IsType<RecurrentLayer>(model.Layers[1]);
        Assert.Equal(3, layer.Forward!.RecurrentBias.Length);
    }

    [Fact]
    public void A_graph_of_one_input_and_one_output_is_fitted()
    {
        Graph graph = new(seed: 1);
        GraphValue x = graph.Input("x", 1);
        GraphValue y = (x.Gru(4).Dropout(0.1f).Dense(1) + x).LastStep()
            .Dense(1, regularizers: new LayerRegularizers(Kernel: new Regularizer(L2: 1e-4)));
        using TrainableModel<float> model = graph.ToModel([("y", y)]);
        model.Compile(new Adam(0.02), new MeanSquaredError());
        (Sequences<float> windows, Targets<float> next) = TimeSeries.Windows<float>(
            [.. Enumerable.Range(0, 80).Select(i => MathF.Sin(0.4f * i))], window: 6);
        History history = model.Fit(windows, next, new FitOptions<float> { Epochs = 30, BatchSize = 16, Seed = 1 });
        double first = history["loss"][0];
        double last = history["loss"][^1];
        Assert.True(last < 0.2 * first, $"from {first} to {last}");
        Assert.Equal(
            model.Predict(windows),
            ReferenceModel<float>.Create(model.ToDefinition()).Predict(
                [windows.Values.ToArray()], windows.Count, windows.Time)[0]);
    }

    [Fact]
    public void What_does_not_fit_is_refused_where_it_is_called()
    {
        Graph graph = new(seed: 1);
        GraphValue row = graph.RowInput("r", 3);
        GraphValue dense = row.Dense(2);
        GraphValue x = graph.Input("x", 3);
        Refuse("layers", "expected a sequence to read, found a row", () => row.Lstm(2));
        Refuse("layers", "expected values with the same steps", () => x.Concatenate(row));
        Refuse("layers", "expected InputSize 2", () => x.LastStep().Add(dense));
        Refuse("layers", "expected 2 to 1024 values", () => x.Add());
        Refuse("layers", "expected to read what a recurrent layer puts out", () => x.FinalState());
        Refuse("layers", "expected to read what a recurrent layer puts out", () => x.Lstm(2).Dropout(0.5f).FinalState());
        Refuse("rate", "below", () => x.Dropout(1), "from 0 up to but not including 1");
        Refuse("inputs", "that of inputs[0]", () => graph.Input("r", 3));
        Refuse("values[1]", "found one of another", () => x.Add(new Graph(1).Input("x", 3)), "values[1]", "values");
        Refuse("outputs", "expected the value of a layer", () => graph.ToDefinition(("y", x)));
        Refuse("outputs", "outputs of a model are not dropped", () => graph.ToDefinition(("y", x.Dropout(0.5f))));
        Refuse("outputs", "1 to 1024 outputs, found 0", () => graph.ToDefinition());
        Refuse("outputs", "name of its own", () => graph.ToDefinition(("y", x.Softmax()), ("y", dense)));
        Assert.Throws<ArgumentNullException>("values[1]", () => x.Add((GraphValue)null!));
        // What has been refused is not there.
        int count = graph.ToDefinition(("y", dense)).Layers.Count;
        Assert.ThrowsAny<ArgumentException>(() => row.Lstm(2));
        Assert.Equal(count, graph.ToDefinition(("y", dense)).Layers.Count);

        static void Refuse(string argument, string text, Func<object> call, string? other = null, string? name = null)
        {
            ArgumentException exception = Assert.ThrowsAny<ArgumentException>(call);
            Assert.Equal(name ?? argument, exception.ParamName);
            Assert.Contains(other ?? text, exception.Message, StringComparison.Ordinal);
        }
    }
}
