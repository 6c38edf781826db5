using System.Globalization;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

public sealed class CallbackTests
{
    private static Sequences<float> X => SmallTask.Data.X;

    private static Targets<float> Y => SmallTask.Data.Y;

    [Fact]
    public void Early_stopping_waits_for_its_patience_and_puts_the_best_parameters_back()
    {
        EarlyStopping stopping = new("val_loss", patience: 3, restoreBestWeights: true);
        using TrainableModel<float> model = SmallTask.Model(optimizer: new Sgd(new RisingRate()));
        History history = model.Fit(X, Y, epochs: 200, batchSize: 8, validationData: (X, Y), callbacks: [stopping]);

        double[] losses = [.. history["val_loss"]];
        int best = Array.IndexOf(losses, losses.Min());
        Assert.Equal(best, stopping.BestEpoch);
        Assert.Equal(best + 3, stopping.StoppedEpoch);
        Assert.Equal(best + 4, history.Epochs);
        Assert.Equal(losses[best], model.Evaluate(X, Y, batchSize: 8)["loss"]);
    }

    [Fact]
    public void A_difference_below_the_least_one_is_no_improvement()
    {
        EarlyStopping stopping = new("loss", patience: 2, minDelta: 100);
        using TrainableModel<float> model = SmallTask.Model();
        Assert.Equal(3, model.Fit(X, Y, epochs: 50, callbacks: [stopping]).Epochs);
    }

    [Fact]
    public void A_figure_that_is_not_there_is_named()
    {
        using TrainableModel<float> model = SmallTask.Model();
        var exception = Assert.Throws<InvalidOperationException>(
            () => model.Fit(X, Y, callbacks: [new EarlyStopping("val_loss")]));
        Assert.Contains("val_loss is watched", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rate_is_lowered_on_a_plateau_and_not_below_its_least_value()
    {
        ReduceOnPlateau reduce = new("loss", factor: 0.5, patience: 2, minDelta: 1000, cooldown: 1, minRate: 0.15);
        using TrainableModel<float> model = SmallTask.Model(optimizer: new Sgd(0.4));
        History history = model.Fit(X, Y, epochs: 9, batchSize: 8, callbacks: [reduce]);
        Assert.Equal(
            [0.4, 0.4, 0.4, 0.2, 0.2, 0.15, 0.15, 0.15, 0.15],
            history["learning_rate"].Select(rate => Math.Round(rate, 12)));
    }

    [Fact]
    public void Callbacks_are_called_in_order()
    {
        List<string> calls = [];
        using TrainableModel<float> model = SmallTask.Model();
        model.Fit(X, Y, epochs: 2, batchSize: 16, callbacks: [new Recorder(calls)]);
        Assert.Equal(
            [
                "begin", "epoch 0", "batch 1", "batch 2", "end of epoch 0",
                "epoch 1", "batch 1", "batch 2", "end of epoch 1", "end",
            ],
            calls);
    }

    [Fact]
    public void Progress_ends_with_everything_done()
    {
        Reports reports = new();
        using TrainableModel<float> model = SmallTask.Model();
        model.Fit(X, Y, epochs: 3, batchSize: 8, validationData: (X, Y), progress: reports);
        TrainingProgress last = reports.All[^1];
        Assert.Equal((3, 3, 3, 3), (last.Epoch, last.Epochs, last.Batch, last.Batches));
        Assert.Equal(TimeSpan.Zero, last.Remaining);
        Assert.True(last.SamplesPerSecond > 0);
        Assert.NotNull(last.ValidationLoss);
    }

    [Fact]
    public void A_cancelled_run_ends_between_two_batches()
    {
        using CancellationTokenSource source = new();
        using TrainableModel<float> model = SmallTask.Model();
        EpochCallback cancel = new((_, _) => source.Cancel());
        FitOptions<float> options = new() { Epochs = 5, Callbacks = [cancel], Cancellation = source.Token };
        Assert.Throws<OperationCanceledException>(() => model.Fit(X, Y, options));
        Assert.Equal(1, model.Updates);
    }

    [Fact]
    public void A_history_is_written_as_values_in_any_culture()
    {
        CultureInfo culture = CultureInfo.CurrentCulture;

        // As a German has it; the culture itself is not on every machine.
        CultureInfo.CurrentCulture = new CultureInfo(string.Empty)
        {
            NumberFormat = { NumberDecimalSeparator = ",", NumberGroupSeparator = ".", NegativeSign = "\u2212" },
        };
        using TrainableModel<float> model = SmallTask.Model();
        History history = model.Fit(X, Y, epochs: 3, validationData: (X, Y));
        string folder = Directory.CreateTempSubdirectory("recurrent-history").FullName;
        try
        {
            string csv = Path.Combine(folder, "history.csv");
            history.SaveCsv(csv);
            string[] lines = File.ReadAllLines(csv);
            Assert.Equal("epoch,loss,val_loss,learning_rate", lines[0]);
            Assert.Equal(history["loss"][2], double.Parse(lines[3].Split(',')[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Learns at first and then runs away.</summary>
    private sealed class RisingRate : LearningRateSchedule
    {
        public override double At(long update) => update < 30 ? 0.1 : 3;
    }

    private sealed class Recorder(List<string> calls) : Callback
    {
        public override void OnTrainBegin(TrainingRun run) => calls.Add("begin");

        public override void OnEpochBegin(TrainingRun run) => calls.Add($"epoch {run.Epoch}");

        public override void OnBatchEnd(TrainingRun run) => calls.Add($"batch {run.Batch}");

        public override void OnEpochEnd(TrainingRun run, IReadOnlyDictionary<string, double> metrics) =>
            calls.Add($"end of epoch {run.Epoch}");

        public override void OnTrainEnd(TrainingRun run) => calls.Add("end");
    }

    private sealed class Reports : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public void Report(TrainingProgress value) => All.Add(value);
    }
}
