using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>What a checkpoint has to hold and to fit; a refused one changes nothing.</summary>
public sealed class ResumeGuardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recurrent-guard").FullName;

    private static Sequences<float> X => SmallTask.Data.X;

    private static Targets<float> Y => SmallTask.Data.Y;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 4)]
    public void A_position_outside_the_fit_is_refused_and_the_model_stays(int epoch, int batch)
    {
        TrainingCheckpoint checkpoint = Checkpoint();
        checkpoint.SetValues<long>("position", [epoch, batch, 3]);
        RequireRefused(checkpoint, X);
    }

    [Fact]
    public void Histories_that_contradict_themselves_are_refused_and_the_model_stays()
    {
        TrainingCheckpoint twice = Checkpoint();
        twice.SetText("history.names", "loss\nloss");
        RequireRefused(twice, X);
        TrainingCheckpoint shorter = Checkpoint();
        shorter.SetText("history.names", "loss\nlearning_rate");
        shorter.SetValues<double>("history.1", []);
        RequireRefused(shorter, X);
    }

    [Fact]
    public void Other_data_of_the_same_size_are_refused_and_the_model_stays()
    {
        float[] values = X.Values.ToArray();
        values[^1] += 1;
        RequireRefused(Checkpoint(), Sequences.Of(values, X.Count));
        RequireRefused(Checkpoint(), X.WithLengths(Enumerable.Repeat(4, X.Count).ToArray()));
        float[] targets = Y.Values.ToArray();
        targets[0] = -targets[0];
        RequireRefused(Checkpoint(), X, targets);
    }

    [Fact]
    public void Other_weights_of_the_same_data_are_refused_and_the_model_stays()
    {
        float[] weights = [.. Enumerable.Repeat(1f, X.Count)];
        Targets<float> weighted = Y.WithWeights(weights);
        Targets<float> classes = Y.WithClassWeights(new Dictionary<int, double> { [0] = 2 });
        RequireRefused(Checkpoint(), X, weighted);
        RequireRefused(Checkpoint(), X, classes);
        RequireRefused(Checkpoint(weighted), X, Y);
        RequireRefused(Checkpoint(weighted), X, Y.WithWeights(weights.Select((w, i) => i == 3 ? 2 : w).ToArray()));
        RequireRefused(Checkpoint(classes), X, Y.WithClassWeights(new Dictionary<int, double> { [0] = 3 }));
        RequireRefused(Checkpoint(classes), X, Y.WithClassWeights(new Dictionary<int, double> { [1] = 2 }));
    }

    [Fact]
    public void The_same_weights_go_on()
    {
        Targets<float> y = Y.WithWeights(Enumerable.Repeat(2f, X.Count).ToArray())
            .WithClassWeights(new Dictionary<int, double> { [0] = 2, [1] = 3 });
        Targets<float> same = Y.WithWeights(Enumerable.Repeat(2f, X.Count).ToArray())
            .WithClassWeights(new Dictionary<int, double> { [1] = 3, [0] = 2 });
        using TrainableModel<float> whole = SmallTask.Model();
        History expected = whole.Fit(X, y, Options() with { Epochs = 3 });
        using TrainableModel<float> second = SmallTask.Model();
        History history = second.Fit(X, same, Options() with { Epochs = 3, Resume = Checkpoint(y) });
        Assert.Equal(expected["loss"], history["loss"]);
        Assert.Equal(SmallTask.Parameters(whole), SmallTask.Parameters(second));
    }

    [Fact]
    public void A_checkpoint_knows_of_the_best_one_of_the_same_epoch()
    {
        string last = Path.Combine(_folder, "last");
        using TrainableModel<float> model = SmallTask.Model();
        ModelCheckpoint best = new(Path.Combine(_folder, "best"), saveBestOnly: true, monitor: "loss");
        model.Fit(X, Y, epochs: 2, callbacks: [new ModelCheckpoint(last), best]);
        double[] losses = [.. TrainingCheckpoint.Load(last).GetValues<double>("history.0")];
        Assert.Equal(losses.Min(), TrainingCheckpoint.Load(last).GetValues<double>("callback.ModelCheckpoint.0.best")[0]);
    }

    /// <summary>A callback that keeps the state at the end, to train for longer some day.</summary>
    [Fact]
    public void A_state_of_the_end_goes_on_to_more_epochs()
    {
        TrainingCheckpoint? end = null;
        using TrainableModel<float> whole = SmallTask.Model();
        History expected = whole.Fit(X, Y, epochs: 4, batchSize: 8);
        using TrainableModel<float> first = SmallTask.Model();
        first.Fit(X, Y, epochs: 2, batchSize: 8, callbacks: [new AtEnd(run => end = run.Capture())]);
        Assert.Equal((2, 0), (end!.Epoch, end.Batch));
        using TrainableModel<float> second = SmallTask.Model();
        History history = second.Fit(X, Y, new FitOptions<float> { Epochs = 4, BatchSize = 8, Resume = end });
        Assert.Equal(expected["loss"], history["loss"]);
        Assert.Equal(SmallTask.Parameters(whole), SmallTask.Parameters(second));
    }

    [Fact]
    public void The_folder_of_a_checkpoint_is_made()
    {
        string path = Path.Combine(_folder, "runs", "{epoch}", "model.safetensors");
        using TrainableModel<float> model = SmallTask.Model();
        model.Fit(X, Y, callbacks: [new ModelCheckpoint(path)]);
        Assert.Equal(1, TrainingCheckpoint.Load(path.Replace("{epoch}", "1", StringComparison.Ordinal)).Epoch);
    }

    private static TrainingCheckpoint Checkpoint(Targets<float>? y = null)
    {
        TrainingCheckpoint? state = null;
        using TrainableModel<float> model = SmallTask.Model();
        model.Fit(X, y ?? Y, Options() with { Callbacks = [new EpochCallback((run, _) => state = run.Capture())] });
        return state!;
    }

    private static FitOptions<float> Options() => new() { BatchSize = 8 };

    private static void RequireRefused(TrainingCheckpoint checkpoint, Sequences<float> x, Targets<float>? y = null)
    {
        using TrainableModel<float> model = SmallTask.Model();
        float[] before = SmallTask.Parameters(model);
        Assert.Throws<InvalidDataException>(
            () => model.Fit(x, y ?? Y, Options() with { Epochs = 3, Resume = checkpoint }));
        Assert.Equal(before, SmallTask.Parameters(model));
        Assert.Equal(0, model.Updates);
    }

    private sealed class AtEnd(Action<TrainingRun> action) : Callback
    {
        public override void OnTrainEnd(TrainingRun run) => action(run);
    }
}
