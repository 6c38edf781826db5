using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Weights that do not fit: what was expected, what was found, and of which argument.</summary>
public sealed class WeightErrorTests
{
    [Theory]
    [InlineData(float.NaN, "found NaN at 2")]
    [InlineData(float.PositiveInfinity, "found Infinity at 2")]
    [InlineData(-0.5f, "found -0.5 at 2")]
    public void Weights_that_are_no_weights_are_refused(float weight, string found)
    {
        float[] weights = [.. Enumerable.Repeat(1f, SmallTask.Count)];
        weights[2] = weight;
        Targets<float> y = SmallTask.Data.Y.WithWeights(weights);
        using TrainableModel<float> model = SmallTask.Model();
        RequireMessage("y", found, () => model.Fit(SmallTask.Data.X, y));
        RequireMessage("y", found, () => model.Evaluate(SmallTask.Data.X, y));
        RequireMessage("y", found, () => model.AccumulateGradients(SmallTask.Data.X, y));
        RequireMessage(
            "ValidationData",
            found,
            () => model.Fit(SmallTask.Data.X, SmallTask.Data.Y, validationData: (SmallTask.Data.X, y)));
    }

    [Fact]
    public void As_many_weights_as_sequences_or_steps_are_wanted()
    {
        float[] wave = SmallTask.Wave(12);
        Targets<float> y = wave;
        RequireMessage("weights", "12 elements of the targets, found 5", () => y.WithWeights(new float[5]));
        using TrainableModel<float> model = new Sequential(1, 5).Gru(4).Dense(1).ToModel(ModelOutput.EveryStep);
        model.Compile(new Sgd(0.1), new MeanSquaredError());
        Sequences<float> x = Sequences.Of(wave, 3);
        RequireMessage("y", "expected weights [3] or [3, 4], found 4", () => model.Evaluate(x, y.WithWeights(new float[4])));
        using TrainableModel<float> last = new Sequential(1, 5).Gru(4).Dense(4).ToModel(ModelOutput.LastStep);
        last.Compile(new Sgd(0.1), new MeanSquaredError());
        RequireMessage("y", "expected weights [3], found 12", () => last.Evaluate(x, y.WithWeights(new float[12])));
    }

    [Theory]
    [InlineData(-1, 1.0)]
    [InlineData(1, double.NaN)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(1, -2.0)]
    public void Class_weights_that_are_none_are_refused(int named, double weight)
    {
        Dictionary<int, double> weights = new() { [named] = weight };
        RequireMessage(
            "classWeights", $"classWeights[{named}]", () => SmallTask.Data.Y.WithClassWeights(weights));
    }

    [Fact]
    public void Weights_of_classes_that_the_model_does_not_have_are_refused()
    {
        using TrainableModel<float> model = new Sequential(1, 5).Gru(4).Dense(3).ToModel(ModelOutput.LastStep);
        model.Compile(new Sgd(0.1), new SparseCategoricalCrossEntropy(fromLogits: true));
        Targets<float> y = new Targets<float>(new[] { 0, 2 }).WithClassWeights(new Dictionary<int, double> { [3] = 2 });
        RequireMessage(
            "y", "below 3, the model's output size, found class 3", () => model.Fit(Sequences.Of(SmallTask.Wave(8), 2), y));
    }

    [Fact]
    public void Slices_have_their_weights_and_do_not_cut_through_one()
    {
        Targets<float> y = new Targets<float>(SmallTask.Wave(12)).WithWeights(new float[] { 1, 2, 3 });
        Assert.Equal([2, 3], y.Slice(4, 8).Weights.ToArray());
        RequireMessage("first", "multiples of 4", () => y.Slice(2, 4));
        RequireMessage("length", "multiples of 4", () => y.Slice(4, 2));
        Targets<float> classes = y.WithWeights(default).WithClassWeights(new Dictionary<int, double> { [1] = 2 });
        Assert.Equal(2, classes.Slice(2, 3).ClassWeights![1]);
        Assert.True(classes.Slice(2, 3).Weights.IsEmpty);
    }

    private static void RequireMessage(string argument, string part, Func<object> action)
    {
        var exception = Assert.Throws<ArgumentException>(action);
        Assert.Equal(argument, exception.ParamName);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }
}
