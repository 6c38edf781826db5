using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Truncated backpropagation: states go on from piece to piece, gradients do not.</summary>
public sealed class TruncatedTests
{
    private static readonly float[] Wave = SmallTask.Wave(2 * 11);

    [Fact]
    public void Losses_of_pieces_are_those_of_the_whole_sequence()
    {
        Sequences<float> x = Sequences.Of(Wave, 2);
        using TrainableModel<float> model = Streaming(new Sgd(0));
        double whole = model.Evaluate(x, Wave)["loss"];
        History history = model.Fit(x, Wave, new FitOptions<float> { TruncatedSteps = 4 });
        Assert.Equal(3, history.BatchLosses.Count);
        Assert.Equal(whole, history["loss"][0], 1e-7);
        Assert.Equal(whole, model.Evaluate(x, Wave, steps: 4)["loss"], 1e-7);

        // Without the states the pieces have other losses.
        float[] piece = [.. Wave[4..8], .. Wave[15..19]];
        double alone = model.Evaluate(Sequences.Of(piece, 2), piece)["loss"];
        Assert.NotEqual(alone, history.BatchLosses[1], 1e-6);
    }

    [Fact]
    public void Rows_that_have_ended_wait_for_the_longer_ones()
    {
        Sequences<float> x = Sequences.Of(Wave, 2).WithLengths(new[] { 3, 11 });
        using TrainableModel<float> model = Streaming(new Sgd(0));
        double whole = model.Evaluate(x, Wave)["loss"];
        History history = model.Fit(x, Wave, new FitOptions<float> { TruncatedSteps = 4, Shuffle = false });
        Assert.Equal(whole, history["loss"][0], 1e-7);

        Sequences<float> shorter = Sequences.Of(Wave, 2).WithLengths(new[] { 3, 2 });
        History ended = model.Fit(shorter, Wave, new FitOptions<float> { TruncatedSteps = 4 });
        Assert.Equal([0, 0], ended.BatchLosses.Skip(1));
        Assert.Equal(model.Evaluate(shorter, Wave)["loss"], ended["loss"][0], 1e-7);
    }

    [Fact]
    public void Models_that_cannot_go_on_are_refused()
    {
        using TrainableModel<float> model = SmallTask.Model();
        var exception = Assert.Throws<NotSupportedException>(
            () => model.Fit(SmallTask.Data.X, SmallTask.Data.Y, new FitOptions<float> { TruncatedSteps = 2 }));
        Assert.Contains("LastStep", exception.Message, StringComparison.Ordinal);
    }

    private static TrainableModel<float> Streaming(Optimizer optimizer)
    {
        TrainableModel<float> model = new Sequential(1, 5).Gru(4).Dense(1).ToModel(ModelOutput.EveryStep);
        model.Compile(optimizer, new MeanSquaredError());
        return model;
    }
}
