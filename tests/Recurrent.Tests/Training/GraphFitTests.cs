using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Fits of models whose layers name what they read.</summary>
public sealed class GraphFitTests
{
    private static (Sequences<float> X, Targets<float> Y) Data => SmallTask.Data;

    /// <summary>A path around a recurrent layer, two directions that are multiplied, and the last step of both.</summary>
    private static (Graph Graph, GraphValue Output) Forked()
    {
        Graph graph = new(seed: 3);
        GraphValue x = graph.Input("x", 1);
        GraphValue h = x.Lstm(4);
        GraphValue gated = h * x.Gru(4);
        return (graph, gated.Concatenate(x).LastStep().Dense(1));
    }

    [Fact]
    public void A_graph_learns_as_in_the_reference()
    {
        (Graph graph, GraphValue output) = Forked();
        using TrainableModel<float> model = graph.ToModel([("y", output)]);
        using TrainableModel<double> reference = TrainableModel.CreateReference<double>(model.Definition);
        model.Compile(new Adam(0.01), new MeanSquaredError());
        reference.Compile(new Adam(0.01), new MeanSquaredError());
        Sequences<double> x = Sequences.Of(Array.ConvertAll(Data.X.Values.ToArray(), value => (double)value), Data.X.Count);
        Targets<double> y = new(Array.ConvertAll(Data.Y.Values.ToArray(), value => (double)value));
        double[] expected = [.. reference.Fit(x, y, new FitOptions<double> { Epochs = 6, BatchSize = 5, Seed = 2 })["loss"]];
        double[] found = [.. model.Fit(Data.X, Data.Y, new FitOptions<float> { Epochs = 6, BatchSize = 5, Seed = 2 })["loss"]];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-5);
        }

        Assert.InRange(found[^1], 0, 0.9 * found[0]);

        // What has been learnt is what a model of it computes.
        using RecurrentModel learnt = RecurrentModel.Create(model.ToDefinition());
        float[] predicted = model.Predict(Data.X);
        Assert.Equal(predicted, learnt.Predict(Data.X.Values.Span, Data.X.Count, Data.X.Time));
    }

    [Fact]
    public void Models_that_take_other_data_are_refused()
    {
        Graph graph = new(seed: 1);
        GraphValue x = graph.Input("x", 1);
        GraphValue constants = graph.RowInput("static", 2);
        GraphValue h = x.Lstm(3);
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => graph.ToModel([("y", h.LastStep().Concatenate(constants).Dense(1))]));
        Assert.Contains("the inputs x, static and the outputs y", refused.Message, StringComparison.Ordinal);
        Graph other = new(seed: 1);
        GraphValue decoded = other.Input("x", 1).Lstm(3).FinalState().Repeat(7).Gru(2);
        refused = Assert.Throws<ArgumentException>(() => other.ToModel([("y", decoded)]));
        Assert.Contains("found 7 steps of y", refused.Message, StringComparison.Ordinal);
    }
}
