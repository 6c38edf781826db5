using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Where Keras's documentation says what a fit does.</summary>
public sealed class KerasFitTests
{
    private static Sequences<float> X => SmallTask.Data.X;

    private static Targets<float> Y => SmallTask.Data.Y;

    /// <summary>Keras rounds what is trained on down: 15 of 21 for a share of 0.25, 7 of 10 for one of 0.3.</summary>
    [Theory]
    [InlineData(21, 0.25, 15)]
    [InlineData(21, 0.01, 20)]
    [InlineData(10, 0.5, 5)]
    public void A_validation_split_rounds_as_Keras_does(int count, double split, int trained)
    {
        using TrainableModel<float> model = SmallTask.Model();
        FitOptions<float> options = new() { BatchSize = 1, ValidationSplit = split };
        History history = model.Fit(X.Slice(0, count), Y.Slice(0, count), options);
        Assert.Equal(trained, history.BatchLosses.Count);
        Assert.Single(history["val_loss"]);
    }

    [Fact]
    public void A_validation_split_that_leaves_nothing_is_refused()
    {
        using TrainableModel<float> model = SmallTask.Model();
        var exception = Assert.Throws<ArgumentException>(
            () => model.Fit(X.Slice(0, 1), Y.Slice(0, 1), new FitOptions<float> { ValidationSplit = 0.2 }));
        Assert.Contains("ValidationSplit", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_data_comes_before_a_validation_split()
    {
        using TrainableModel<float> model = SmallTask.Model();
        FitOptions<float> options = new()
        {
            BatchSize = 1,
            ValidationSplit = 0.5,
            ValidationData = (X.Slice(3, 2), Y.Slice(3, 2)),
        };
        History history = model.Fit(X, Y, options);
        Assert.Equal(SmallTask.Count, history.BatchLosses.Count);
        Assert.Equal(model.Evaluate(X.Slice(3, 2), Y.Slice(3, 2))["loss"], history["val_loss"][0], 1e-7);
    }

    [Fact]
    public void A_baseline_that_is_not_reached_stops_in_spite_of_improvement()
    {
        EarlyStopping stopping = new("loss", patience: 3, baseline: 0);
        using TrainableModel<float> model = SmallTask.Model(optimizer: new Adam(1e-3));
        History history = model.Fit(X, Y, new FitOptions<float> { Epochs = 50, Shuffle = false, Callbacks = [stopping] });

        // Every epoch is better than the one before, so that training stops only when one is not.
        Assert.True(history["loss"][3] < history["loss"][0]);
        EarlyStopping unreachable = new("rising", patience: 3, baseline: 10, mode: MonitorMode.Max);
        Assert.Null(Run(unreachable, [1, 2, 3, 4, 5, 6]));
        Assert.Equal(4, Run(unreachable, [1, 2, 3, 4, 4, 6]));
        EarlyStopping reached = new("rising", patience: 3, baseline: 2.5, mode: MonitorMode.Max);
        Assert.Equal(5, Run(reached, [1, 2, 3, 3, 3, 3]));
    }

    [Fact]
    public void The_accuracy_of_one_output_is_that_of_a_threshold()
    {
        float[] predictions = [0.9f, 0.2f, 0.6f, 0.4f];
        LossBatch<float> batch = new() { Predictions = predictions, Targets = [1f, 0, 0, 1], Features = 1 };
        Assert.Equal(2, new Accuracy().Sum(batch));
    }

    /// <summary>PyTorch's <c>clip_grad_norm_</c> and Keras's <c>global_clipnorm</c> know of trained parameters alone.</summary>
    [Fact]
    public void Blocks_that_are_not_trained_are_part_of_neither_norm_nor_penalty()
    {
        LayerRegularizers penalty = new(Kernel: new Regularizer(L2: 1), Recurrent: new Regularizer(L2: 1));
        TrainingOptions options = new()
        {
            Trainable = block => block.Layer == 1,
            Regularizers = [penalty, default],
        };
        using TrainableModel<float> model = SmallTask.Model(options, new Sgd(1) { GlobalClipNorm = 0.01 });
        using TrainableModel<float> plain = SmallTask.Model();
        Assert.Equal(plain.Evaluate(X, Y)["loss"], model.Evaluate(X, Y)["loss"]);
        float[] before = SmallTask.Parameters(model);
        model.TrainOnBatch(X, Y);
        float[] after = SmallTask.Parameters(model);
        Assert.Equal(0.01, Math.Sqrt(before.Zip(after, (a, b) => Math.Pow((double)a - b, 2)).Sum()), 1e-6);
    }

    [Fact]
    public void Samples_a_second_are_those_that_there_are()
    {
        Reports reports = new();
        using TrainableModel<float> model = SmallTask.Model();

        // 20 and 1: a last batch that hardly has anything.
        model.Fit(X, Y, epochs: 4, batchSize: 20, progress: reports);
        TrainingProgress last = reports.Last;
        Assert.Equal(4 * SmallTask.Count, last.SamplesPerSecond * last.Elapsed.TotalSeconds, 1e-6);
    }

    private static int? Run(EarlyStopping stopping, double[] metrics)
    {
        using TrainableModel<float> model = SmallTask.Model();
        model.Fit(X, Y, epochs: metrics.Length, callbacks: [new Driver(stopping, metrics)]);
        return stopping.StoppedEpoch;
    }

    /// <summary>Tells another callback metrics of its own.</summary>
    private sealed class Driver(Callback callback, double[] metrics) : Callback
    {
        public override void OnTrainBegin(TrainingRun run) => callback.OnTrainBegin(run);

        public override void OnEpochEnd(TrainingRun run, IReadOnlyDictionary<string, double> others) =>
            callback.OnEpochEnd(run, new Dictionary<string, double> { ["rising"] = metrics[run.Epoch] });
    }

    private sealed class Reports : IProgress<TrainingProgress>
    {
        public TrainingProgress Last { get; private set; }

        public void Report(TrainingProgress value) => Last = value;
    }
}
