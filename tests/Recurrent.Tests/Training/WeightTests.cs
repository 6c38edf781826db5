using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>
/// Weights of sequences and steps, as in Keras's <c>sum_over_batch_size</c>: with weights <c>w</c>, losses <c>l</c> and
/// <c>n</c> positions that count, the loss is <c>sum_i w_i l_i / n</c> and its gradient <c>sum_i w_i dl_i / n</c>.
/// </summary>
public sealed class WeightTests
{
    private const int Time = 7;
    private static readonly double[] Weights = [2, 1, 0, 0.5];

    /// <summary><c>p = a x + b</c>, so that everything can be computed by hand.</summary>
    [Fact]
    public void A_weight_of_two_counts_a_row_twice_over_the_same_denominator()
    {
        double[] x = [0.3, -0.7, 1.1, 0.4];
        double[] targets = [1, 0.2, -0.5, 0.9];
        ModelDefinition definition = new Sequential(1, 3).Dense(1).ToDefinition(ModelOutput.LastStep);
        using TrainableModel<double> model = TrainableModel.CreateReference<double>(definition);
        model.Compile(new Sgd(0.1), new MeanSquaredError());
        double[] parameters = new double[2];
        model.GetParameters(parameters);
        (double a, double b) = (parameters[0], parameters[1]);
        (double loss, double slopeOfA, double slopeOfB) = (0, 0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            double error = (a * x[i]) + b - targets[i];
            loss += Weights[i] * error * error / 4;
            slopeOfA += Weights[i] * 2 * error * x[i] / 4;
            slopeOfB += Weights[i] * 2 * error / 4;
        }

        Targets<double> y = new Targets<double>(targets).WithWeights(Weights);
        Assert.Equal(loss, model.Evaluate(Sequences.Of(x, 4), y, batchSize: 3)["loss"], 1e-12);
        Assert.Equal(loss, model.AccumulateGradients(Sequences.Of(x, 4), y), 1e-12);
        double[] gradients = new double[2];
        model.GetGradients(gradients);
        Assert.Equal(slopeOfA, gradients[0], 1e-12);
        Assert.Equal(slopeOfB, gradients[1], 1e-12);
    }

    [Theory]
    [InlineData(ModelOutput.EveryStep)]
    [InlineData(ModelOutput.LastStep)]
    public void Gradients_are_the_weighted_ones_of_the_rows(ModelOutput output)
    {
        double[] x = [.. SmallTask.Wave(4 * Time).Select(value => (double)value)];
        double[] targets = [.. x.Take(output == ModelOutput.EveryStep ? 4 * Time : 4).Select(value => 0.3 - value)];
        ModelDefinition definition = new Sequential(1, 3).Lstm(3).Dense(1).ToDefinition(output);
        using TrainableModel<double> reference = TrainableModel.CreateReference<double>(definition);
        reference.Compile(new Sgd(0.1), new MeanSquaredError());
        int row = targets.Length / 4;
        double expectedLoss = 0;
        double[] expected = new double[reference.ParameterCount];
        double[] gradients = new double[reference.ParameterCount];
        for (int i = 0; i < 4; i++)
        {
            reference.ZeroGradients();
            expectedLoss += Weights[i] / 4 * reference.AccumulateGradients(
                Sequences.Of(x[(i * Time)..((i + 1) * Time)], 1), targets[(i * row)..((i + 1) * row)]);
            reference.GetGradients(gradients);
            expected = [.. expected.Zip(gradients, (sum, here) => sum + (Weights[i] / 4 * here))];
        }

        reference.ZeroGradients();
        Targets<double> y = new Targets<double>(targets).WithWeights(Weights);
        Assert.Equal(expectedLoss, reference.AccumulateGradients(Sequences.Of(x, 4), y), 1e-12);
        reference.GetGradients(gradients);
        Assert.All(expected.Zip(gradients), pair => Assert.Equal(pair.First, pair.Second, 1e-12));

        using TrainableModel<float> native = TrainableModel.Create(definition);
        native.Compile(new Sgd(0.1), new MeanSquaredError());
        Targets<float> single = new Targets<float>(Single(targets)).WithWeights(Single(Weights));
        Assert.Equal(expectedLoss, native.AccumulateGradients(Sequences.Of(Single(x), 4), single), 1e-6);
        float[] found = new float[native.ParameterCount];
        native.GetGradients(found);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Weights_of_one_give_the_bits_of_none()
    {
        using TrainableModel<float> plain = Streaming(new Adam(0.01));
        using TrainableModel<float> weighted = Streaming(new Adam(0.01));
        FitOptions<float> options = new() { Epochs = 3, BatchSize = 2, TruncatedSteps = 4, ValidationSplit = 0.25 };
        History expected = plain.Fit(Ragged, RaggedTargets, options);
        History found = weighted.Fit(Ragged, RaggedTargets.WithWeights(Ones(4)), options);
        Assert.Equal(expected.BatchLosses, found.BatchLosses);
        Assert.All(expected.Names, name => Assert.Equal(expected[name], found[name]));
        Assert.Equal(SmallTask.Parameters(plain), SmallTask.Parameters(weighted));
    }

    [Fact]
    public void Weights_of_sequences_are_those_of_all_their_steps()
    {
        using TrainableModel<float> rows = Streaming(new Adam(0.01));
        using TrainableModel<float> steps = Streaming(new Adam(0.01));
        FitOptions<float> options = new() { Epochs = 3, BatchSize = 3, TruncatedSteps = 3, ValidationSplit = 0.25 };
        History expected = rows.Fit(Ragged, RaggedTargets.WithWeights(Single(Weights)), options);
        float[] each = [.. Weights.SelectMany(weight => Enumerable.Repeat((float)weight, Time))];
        History found = steps.Fit(Ragged, RaggedTargets.WithWeights(each), options);
        Assert.Equal(expected.BatchLosses, found.BatchLosses);
        Assert.Equal(expected["val_loss"], found["val_loss"]);
        Assert.Equal(SmallTask.Parameters(rows), SmallTask.Parameters(steps));

        // Not those of others: the third row weighs nothing, the fourth is validated on.
        Assert.NotEqual(expected.BatchLosses, rows.Fit(Ragged, RaggedTargets, options).BatchLosses);
    }

    [Fact]
    public void Weights_of_steps_follow_the_pieces()
    {
        float[] weights = [.. Enumerable.Range(0, 4 * Time).Select(i => (i % 5) + 0.5f)];
        using TrainableModel<float> model = Streaming(new Sgd(0));
        Sequences<float> x = Sequences.Of(SmallTask.Wave(4 * Time), 4);
        float[] targets = [.. SmallTask.Wave(4 * Time).Select(value => 0.3f - value)];
        Targets<float> y = new Targets<float>(targets).WithWeights(weights);
        History history = model.Fit(x, y, new FitOptions<float> { BatchSize = 2, Shuffle = false, TruncatedSteps = 4 });
        float[] predictions = model.Predict(x);
        double[] losses = [.. Enumerable.Range(0, 4 * Time).Select(i => weights[i] * Math.Pow(predictions[i] - targets[i], 2))];
        double[] expected = [Mean(0, 0, 4), Mean(0, 4, 7), Mean(2, 0, 4), Mean(2, 4, 7)];
        Assert.All(expected.Zip(history.BatchLosses), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Equal(losses.Sum() / (4 * Time), history["loss"][0], 1e-6);
        Assert.Equal(losses.Sum() / (4 * Time), model.Evaluate(x, y, batchSize: 3, steps: 2)["loss"], 1e-6);

        double Mean(int row, int from, int to) =>
            losses[((row * Time) + from)..((row * Time) + to)].Concat(losses[(((row + 1) * Time) + from)..(((row + 1) * Time) + to)])
                .Average();
    }

    [Fact]
    public void Weights_of_steps_that_are_not_there_do_not_matter()
    {
        float[] weights = [.. Enumerable.Range(0, 4 * Time).Select(i => (i % 5) + 0.5f)];
        int[] lengths = Ragged.Lengths.ToArray();
        float[] other = [.. weights.Select((weight, i) => i % Time < lengths[i / Time] ? weight : 1e30f)];
        Assert.NotEqual(weights, other);
        using TrainableModel<float> first = Streaming(new Adam(0.01));
        using TrainableModel<float> second = Streaming(new Adam(0.01));
        Assert.Equal(
            first.Fit(Ragged, RaggedTargets.WithWeights(weights), epochs: 2).BatchLosses,
            second.Fit(Ragged, RaggedTargets.WithWeights(other), epochs: 2).BatchLosses);
        Assert.Equal(SmallTask.Parameters(first), SmallTask.Parameters(second));
    }

    /// <summary>Keras's <c>metrics</c>, not its <c>weighted_metrics</c>: the same formula without weights.</summary>
    [Fact]
    public void Losses_of_validation_are_weighted_and_metrics_are_not()
    {
        (Sequences<float> x, Targets<float> targets) = SmallTask.Data;
        float[] weights = [.. Enumerable.Range(0, SmallTask.Count).Select(i => i * 0.25f)];
        Targets<float> y = targets.WithWeights(weights);
        using TrainableModel<float> model = SmallTask.Model(null, new Sgd(0), new MeanSquaredError());
        History split = model.Fit(x, y, new FitOptions<float> { ValidationSplit = 0.25 });
        History given = model.Fit(x, y, validationData: (x.Slice(15, 6), y.Slice(15, 6)));
        float[] predictions = model.Predict(x);
        double[] losses = [.. predictions.Zip(targets.Values.ToArray(), (p, t) => Math.Pow(p - t, 2))];
        double[] weighted = [.. losses.Zip(weights, (loss, weight) => weight * loss)];
        Assert.Equal(weighted[..15].Average(), split["loss"][0], 1e-6);
        Assert.Equal(losses[..15].Average(), split["mean_squared_error"][0], 1e-6);
        Assert.Equal(weighted[15..].Average(), split["val_loss"][0], 1e-6);
        Assert.Equal(losses[15..].Average(), split["val_mean_squared_error"][0], 1e-6);
        Assert.Equal(split["val_loss"], given["val_loss"]);
        IReadOnlyDictionary<string, double> metrics = model.Evaluate(x, y);
        Assert.Equal(weighted.Average(), metrics["loss"], 1e-6);
        Assert.Equal(losses.Average(), metrics["mean_squared_error"], 1e-6);
    }

    private static Sequences<float> Ragged { get; } =
        Sequences.Of(SmallTask.Wave(4 * Time), 4).WithLengths(new[] { 7, 2, 5, 6 });

    private static Targets<float> RaggedTargets { get; } =
        new((ReadOnlyMemory<float>)SmallTask.Wave(4 * Time).Select(value => 0.3f - value).ToArray());

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    private static float[] Single(double[] values) => [.. values.Select(value => (float)value)];

    private static TrainableModel<float> Streaming(Optimizer optimizer)
    {
        TrainableModel<float> model = new Sequential(1, 5).Gru(4).Dense(1).ToModel(ModelOutput.EveryStep);
        model.Compile(optimizer, new MeanSquaredError());
        return model;
    }
}
