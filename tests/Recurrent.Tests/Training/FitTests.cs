using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>What a Keras user expects of a fit.</summary>
public sealed class FitTests
{
    private static Sequences<float> X => SmallTask.Data.X;

    private static Targets<float> Y => SmallTask.Data.Y;

    [Fact]
    public void The_loss_goes_down_and_the_history_has_every_figure()
    {
        using TrainableModel<float> model = SmallTask.Model(null, null, new MeanAbsoluteError());
        History history = model.Fit(X, Y, epochs: 30, batchSize: 8, validationData: (X, Y));
        Assert.Equal(
            ["loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error", "learning_rate"], history.Names);
        Assert.Equal(30, history.Epochs);
        Assert.All(history.Names, name => Assert.Equal(30, history[name].Count));
        Assert.True(history["loss"][^1] < 0.5 * history["loss"][0]);
        Assert.Equal(model.Evaluate(X, Y)["loss"], history["val_loss"][^1], 1e-6);
    }

    [Fact]
    public void The_last_batch_has_what_is_left()
    {
        using TrainableModel<float> model = SmallTask.Model(optimizer: new Sgd(0));
        History history = model.Fit(X, Y, new FitOptions<float> { BatchSize = 8, Shuffle = false });
        Assert.Equal(3, history.BatchLosses.Count);
        double[] losses = [.. history.BatchLosses];

        // Nothing is learnt with a rate of 0, so the epoch's mean is that of all 21 windows.
        Assert.Equal(((8 * losses[0]) + (8 * losses[1]) + (5 * losses[2])) / 21, history["loss"][0], 1e-12);
        Assert.Equal(model.Evaluate(X, Y)["loss"], history["loss"][0], 1e-7);
        Assert.Equal(model.Evaluate(X.Slice(16, 5), Y.Slice(16, 5))["loss"], losses[2], 1e-7);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_one_another_order()
    {
        (double[] losses, float[] parameters) first = Run(3);
        (double[] losses, float[] parameters) second = Run(3);
        (double[] losses, float[] parameters) third = Run(4);
        Assert.Equal(first.losses, second.losses);
        Assert.Equal(first.parameters, second.parameters);
        Assert.NotEqual(first.losses, third.losses);

        static (double[] Losses, float[] Parameters) Run(ulong seed)
        {
            using TrainableModel<float> model = SmallTask.Model();
            History history = model.Fit(X, Y, new FitOptions<float> { Epochs = 3, BatchSize = 8, Seed = seed });
            return ([.. history.BatchLosses], SmallTask.Parameters(model));
        }
    }

    [Fact]
    public void A_validation_split_takes_the_last_sequences_and_does_not_train_on_them()
    {
        using TrainableModel<float> split = SmallTask.Model();
        using TrainableModel<float> apart = SmallTask.Model();
        History first = split.Fit(X, Y, new FitOptions<float> { Epochs = 2, BatchSize = 8, ValidationSplit = 0.25 });
        History second = apart.Fit(
            X.Slice(0, 15), Y.Slice(0, 15), epochs: 2, batchSize: 8, validationData: (X.Slice(15, 6), Y.Slice(15, 6)));
        Assert.Equal(second.BatchLosses, first.BatchLosses);
        Assert.Equal(second["val_loss"], first["val_loss"]);
    }

    [Fact]
    public void A_loop_of_ones_own_gives_the_same_bits_as_a_fit()
    {
        using TrainableModel<float> fitted = SmallTask.Model(optimizer: new Adam(0.01) { ClipValue = 0.01 });
        using TrainableModel<float> own = SmallTask.Model(optimizer: new Adam(0.01) { ClipValue = 0.01 });
        History history = fitted.Fit(X, Y, new FitOptions<float> { BatchSize = 8, Shuffle = false });
        List<double> losses = [];
        for (int first = 0; first < X.Count; first += 8)
        {
            int count = Math.Min(8, X.Count - first);
            own.ZeroGradients();
            losses.Add(own.AccumulateGradients(X.Slice(first, count), Y.Slice(first, count)));
            own.ApplyGradients();
        }

        Assert.Equal(history.BatchLosses, losses);
        Assert.Equal(SmallTask.Parameters(fitted), SmallTask.Parameters(own));
        Assert.Equal(3, own.Updates);
    }

    [Fact]
    public void Predictions_are_those_of_the_trained_definition_bit_for_bit()
    {
        using TrainableModel<float> model = SmallTask.Model();
        model.Fit(X, Y, epochs: 2);
        float[] expected = new float[SmallTask.Count];
        using RecurrentModel trained = RecurrentModel.Create(model.ToDefinition());
        trained.OpenSession(SmallTask.Count).Run(X.Values.Span, expected, X.Time);
        Assert.Equal(expected, model.Predict(X, batchSize: 4));
    }

    [Fact]
    public void Penalties_are_part_of_the_reported_loss()
    {
        LayerRegularizers penalty = new(Kernel: new Regularizer(L1: 0.5), Recurrent: new(L2: 2), Bias: new(1, 1));
        TrainingOptions options = new() { Regularizers = [penalty, default] };
        using TrainableModel<float> plain = SmallTask.Model(optimizer: new Sgd(0));
        using TrainableModel<float> penalised = SmallTask.Model(options, new Sgd(0));
        float[] parameters = SmallTask.Parameters(plain);
        double expected = parameters[..3].Sum(p => 0.5 * Math.Abs(p)) + parameters[3..12].Sum(p => 2.0 * p * p);
        double difference = penalised.Evaluate(X, Y)["loss"] - plain.Evaluate(X, Y)["loss"];
        Assert.Equal(expected, difference, 1e-6);

        double trained = penalised.Fit(X, Y)["loss"][0] - plain.Fit(X, Y)["loss"][0];
        Assert.Equal(expected, trained, 1e-6);
    }

    [Fact]
    public void Gradients_are_clipped_by_the_norm_of_all_of_them()
    {
        using TrainableModel<float> model = SmallTask.Model(optimizer: new Sgd(1) { GlobalClipNorm = 0.01 });
        float[] before = SmallTask.Parameters(model);
        model.TrainOnBatch(X, Y);
        float[] after = SmallTask.Parameters(model);
        Assert.Equal(0.01, Math.Sqrt(before.Zip(after, (a, b) => Math.Pow((double)a - b, 2)).Sum()), 1e-6);
    }

    [Fact]
    public void Blocks_that_are_not_trained_stay()
    {
        TrainingOptions options = new() { Trainable = block => block.Layer == 1 };
        using TrainableModel<float> model = SmallTask.Model(options);
        float[] before = SmallTask.Parameters(model);
        model.Fit(X, Y, epochs: 2);
        float[] after = SmallTask.Parameters(model);
        int first = model.Blocks.First(block => block.Layer == 1).Offset;
        Assert.Equal(before[..first], after[..first]);
        Assert.NotEqual(before[first..], after[first..]);
    }

    [Fact]
    public void A_loss_that_is_no_number_says_when_and_where_and_leaves_the_last_good_parameters()
    {
        float[] values = X.Values.ToArray();
        values[^1] = float.NaN;
        float[]? good = null;
        using TrainableModel<float> model = SmallTask.Model();
        var lookout = new BatchLookout(run => good ??= (float[])run.CaptureParameters().Values);
        FitOptions<float> options = new() { BatchSize = 8, Shuffle = false, Callbacks = [lookout] };
        var exception = Assert.Throws<TrainingDivergedException>(
            () => model.Fit(Sequences.Of(values, SmallTask.Count), Y, options));
        Assert.Contains("epoch 1, batch 3", exception.Message, StringComparison.Ordinal);
        Assert.Contains("1 of 25 inputs", exception.Message, StringComparison.Ordinal);
        Assert.Contains("layer 0 (SimpleRnn) RecurrentWeights", exception.Message, StringComparison.Ordinal);
        Assert.Equal((0, 2), (exception.Epoch, exception.Batch));
        Assert.Equal(2, exception.History!.BatchLosses.Count);

        // Those after the first update: with them the second batch had its loss. No finite loss has followed the second.
        Assert.Equal(good, SmallTask.Parameters(model));
    }

    [Fact]
    public void An_explosion_leaves_parameters_that_gave_a_finite_loss()
    {
        using TrainableModel<float> model = SmallTask.Model(optimizer: new Sgd(1e30));
        Assert.Throws<TrainingDivergedException>(() => model.Fit(X, Y, epochs: 50, batchSize: 8));
        Assert.True(double.IsFinite(model.Evaluate(X, Y)["loss"]));
    }

    [Fact]
    public void Dropout_is_for_training_alone()
    {
        TrainingOptions options = new() { Dropout = [new LayerDropout(State: 0.5f), new LayerDropout(Elements: 0.5f)] };
        using TrainableModel<float> dropped = SmallTask.Model(options, new Sgd(0));
        using TrainableModel<float> plain = SmallTask.Model(optimizer: new Sgd(0));
        Assert.Equal(plain.Evaluate(X, Y), dropped.Evaluate(X, Y));
        Assert.Equal(plain.Predict(X), dropped.Predict(X));
        History history = dropped.Fit(X, Y, epochs: 2, batchSize: SmallTask.Count);
        Assert.NotEqual(plain.Evaluate(X, Y)["loss"], history["loss"][0], 1e-6);
        Assert.NotEqual(history["loss"][0], history["loss"][1], 1e-6);
    }

    [Fact]
    public void Data_that_does_not_fit_is_refused_with_what_was_expected()
    {
        using TrainableModel<float> model = SmallTask.Model();
        var targets = Assert.Throws<ArgumentException>(() => model.Fit(X, new float[20]));
        Assert.Contains("expected [21, 1], 21 elements, found 20", targets.Message, StringComparison.Ordinal);
        var inputs = Assert.Throws<ArgumentException>(() => model.Fit(Sequences.Of(new float[42], 21, 2), Y));
        Assert.Contains("expected 1 features per step, found 2", inputs.Message, StringComparison.Ordinal);
        var classes = Assert.Throws<ArgumentException>(() => model.Fit(X, Targets.OfClasses<float>(new int[21])));
        Assert.Contains("expected numbers", classes.Message, StringComparison.Ordinal);
        using var uncompiled = TrainableModel.Create(SmallTask.Definition);
        Assert.Throws<InvalidOperationException>(() => uncompiled.Fit(X, Y));
    }

    private sealed class BatchLookout(Action<TrainingRun> action) : Callback
    {
        public override void OnBatchEnd(TrainingRun run) => action(run);
    }
}
