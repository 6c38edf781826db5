using Recurrent.Layers;
using Recurrent.Tests.Support;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>What is called while a model is trained may look at it; whatever would change the training is refused.</summary>
public sealed class ReentryTests
{
    private static Sequences<float> X => SmallTask.Data.X;

    private static Targets<float> Y => SmallTask.Data.Y;

    /// <summary>Calls that train, or change what a fit has made up its mind about.</summary>
    private static readonly (string Name, Action<TrainableModel<float>> Call)[] Training =
    [
        ("Fit", model => model.Fit(X, Y)),
        ("Compile", model => model.Compile(new Adam(0.1), new MeanSquaredError())),
        ("TrainOnBatch", model => model.TrainOnBatch(X, Y)),
        ("AccumulateGradients", model => model.AccumulateGradients(X, Y)),
        ("ApplyGradients", model => model.ApplyGradients()),
        ("ZeroGradients", model => model.ZeroGradients()),
        ("Restore", model => model.Restore(State)),
    ];

    /// <summary>Calls that a callback may make.</summary>
    private static readonly (string Name, Action<TrainableModel<float>> Call)[] Looking =
    [
        ("Evaluate", model => model.Evaluate(X.Slice(0, 5), Y.Slice(0, 5), batchSize: 2)),
        ("Predict", model => model.Predict(X.Slice(3, 4), batchSize: 3)),
        ("Capture", model => model.Capture()),
        ("ToDefinition", model => model.ToDefinition()),
        ("GetParameters", model => model.GetParameters(new float[model.ParameterCount])),
        ("GetGradients", model => model.GetGradients(new float[model.ParameterCount])),
        ("SetParameters", model => SetSame(model)),
    ];
    private static TrainingCheckpoint State
    {
        get
        {
            using TrainableModel<float> model = SmallTask.Model();
            return model.Capture();
        }
    }

    [Theory]
    [InlineData("train begin")]
    [InlineData("epoch begin")]
    [InlineData("batch end")]
    [InlineData("epoch end")]
    [InlineData("train end")]
    [InlineData("progress")]
    [InlineData("save")]
    public void A_callback_cannot_train_and_the_fit_goes_on_as_if_it_had_not_tried(string when)
    {
        (History expected, float[] parameters) = Fit((_, _) => { });
        int tried = 0;
        (History found, float[] same) = Fit((model, place) =>
        {
            if (place == when)
            {
                foreach ((string name, Action<TrainableModel<float>> call) in Training)
                {
                    var exception = Assert.Throws<InvalidOperationException>(() => call(model));
                    Assert.StartsWith($"{name} cannot be called in the middle of ", exception.Message, StringComparison.Ordinal);
                    tried++;
                }
            }
        });
        Assert.True(tried >= Training.Length, when);
        Assert.Equal(expected.BatchLosses, found.BatchLosses);
        Assert.Equal(parameters, same);
    }

    [Fact]
    public void A_callback_may_look_and_the_fit_goes_on_as_if_it_had_not()
    {
        (History expected, float[] parameters) = Fit((_, _) => { });
        int looks = 0;
        (History found, float[] same) = Fit((model, _) =>
        {
            Array.ForEach(Looking, look => look.Call(model));
            looks++;
        });
        Assert.True(looks > 20, $"{looks}");
        Assert.Equal(expected.BatchLosses, found.BatchLosses);
        Assert.Equal(expected["val_loss"], found["val_loss"]);
        Assert.Equal(parameters, same);
    }

    /// <summary>In the middle of a batch, whose numbers are needed yet.</summary>
    [Fact]
    public void A_loss_can_do_nothing_with_the_model_that_it_is_of()
    {
        using TrainableModel<float> model = SmallTask.Model();
        int tried = 0;
        model.Compile(new Sgd(0.1), new MeanSquaredError(), new CallingMetric(Try));
        model.Compile(new Sgd(0.1), new CallingLoss(Try), new CallingMetric(Try));
        model.Fit(X, Y, epochs: 2, validationData: (X, Y));
        model.Evaluate(X, Y);
        model.TrainOnBatch(X, Y);
        Assert.True(tried > 10, $"{tried}");

        void Try()
        {
            foreach ((string name, Action<TrainableModel<float>> call) in Training.Concat(Looking))
            {
                var exception = Assert.Throws<InvalidOperationException>(() => call(model));
                Assert.Contains(name, exception.Message, StringComparison.Ordinal);
            }

            tried++;
        }
    }

    [Fact]
    public void Another_thread_is_refused_while_a_fit_runs()
    {
        (History expected, float[] parameters) = Fit((_, _) => { });
        (History found, float[] same) = Fit((model, _) =>
        {
            Worker other = new(() =>
            {
                foreach ((string name, Action<TrainableModel<float>> call) in Training.Concat(Looking))
                {
                    var exception = Assert.Throws<InvalidOperationException>(() => call(model));
                    Assert.Equal(
                        $"{name}: Fit is running on this model, which belongs to one caller at a time.", exception.Message);
                }
            });
            other.Join();
        });
        Assert.Equal(expected.BatchLosses, found.BatchLosses);
        Assert.Equal(parameters, same);
    }

    [Fact]
    public void A_run_is_for_the_thread_of_its_callbacks()
    {
        using TrainableModel<float> model = SmallTask.Model();
        TrainingRun? kept = null;
        model.Fit(X, Y, callbacks: [new Caller((run, _) =>
        {
            kept = run;
            ParameterSnapshot snapshot = run.CaptureParameters();
            Worker other = new(() =>
            {
                Assert.Throws<InvalidOperationException>(() => run.Capture());
                Assert.Throws<InvalidOperationException>(() => run.CaptureParameters());
                Assert.Throws<InvalidOperationException>(() => run.RestoreParameters(snapshot));
            });
            other.Join();
            run.RestoreParameters(snapshot);
        })]);

        // Afterwards it is only what it has found.
        Assert.Equal(model.Updates, kept!.Capture().Updates);
    }

    [Fact]
    public void A_model_can_be_used_after_a_fit_that_has_failed_or_was_cancelled()
    {
        using TrainableModel<float> model = SmallTask.Model();
        Assert.Throws<FormatException>(() => model.Fit(X, Y, callbacks: [new Caller((_, _) => throw new FormatException())]));
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => model.Fit(X, Y, new FitOptions<float> { Cancellation = source.Token }));
        Array.ForEach(Looking, look => look.Call(model));
        Array.ForEach(Training, training => training.Call(model));
    }

    [Fact]
    public void The_reference_has_the_same_rules()
    {
        using var model = TrainableModel.CreateReference<float>(SmallTask.Definition);
        model.Compile(new Adam(0.01), new MeanSquaredError());
        model.Fit(X, Y, callbacks: [new Caller((_, _) =>
        {
            model.Evaluate(X, Y);
            Assert.Throws<InvalidOperationException>(() => model.Fit(X, Y));
        })]);
    }

    /// <summary>Sets the parameters that it has; zeros where it may not tell them.</summary>
    private static void SetSame(TrainableModel<float> model)
    {
        float[] parameters = new float[model.ParameterCount];
        try
        {
            model.GetParameters(parameters);
        }
        catch (InvalidOperationException)
        {
        }

        model.SetParameters(parameters);
    }

    private static (History History, float[] Parameters) Fit(Action<TrainableModel<float>, string> call)
    {
        using TrainableModel<float> model = TrainableModel.Create(
            SmallTask.Definition,
            new TrainingOptions { Dropout = [new LayerDropout(State: 0.2f), new LayerDropout(Elements: 0.2f)] });
        model.Compile(new Adam(0.01), new MeanSquaredError(), new MeanAbsoluteError());
        History history = model.Fit(X, Y, new FitOptions<float>
        {
            Epochs = 3,
            BatchSize = 8,
            Seed = 4,
            ValidationData = (X, Y),
            Callbacks = [new Caller((run, place) =>
            {
                call(model, place);
                if (place == "epoch end")
                {
                    run.Capture();
                }
            })],
            Progress = new Told(() => call(model, "progress")),
        });
        return (history, SmallTask.Parameters(model));
    }

    private sealed class Caller(Action<TrainingRun, string> call) : Callback
    {
        private TrainingRun? _run;

        public override void OnTrainBegin(TrainingRun run) => call(_run = run, "train begin");

        public override void OnEpochBegin(TrainingRun run) => call(run, "epoch begin");

        public override void OnBatchEnd(TrainingRun run) => call(run, "batch end");

        public override void OnEpochEnd(TrainingRun run, IReadOnlyDictionary<string, double> metrics) =>
            call(run, "epoch end");

        public override void OnTrainEnd(TrainingRun run) => call(run, "train end");

        public override void Save(TrainingCheckpoint checkpoint, string prefix) => call(_run!, "save");
    }

    private sealed class Told(Action call) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => call();
    }

    private sealed class CallingLoss(Action call) : Loss
    {
        public override string Name => "calling";

        public override double Compute<T>(in LossBatch<T> batch, T scale, Span<T> gradient)
        {
            call();
            gradient.Clear();
            return 0;
        }
    }

    private sealed class CallingMetric(Action call) : Metric
    {
        public override string Name => "calling metric";

        public override double Sum<T>(in LossBatch<T> batch)
        {
            call();
            return 0;
        }
    }
}
