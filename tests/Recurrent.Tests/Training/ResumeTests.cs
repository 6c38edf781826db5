using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>A run that was killed goes on from its last checkpoint to the same bits.</summary>
public sealed class ResumeTests : IDisposable
{
    private const int Epochs = 6;
    private readonly string _folder = Directory.CreateTempSubdirectory("recurrent-resume").FullName;

    private string CheckpointPath => Path.Combine(_folder, "run.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>6 epochs of 3 batches; killed in a batch within an epoch or at its end, before its checkpoint.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(11)]
    [InlineData(17)]
    public void A_killed_run_goes_on_to_the_same_bits(int killedAfter)
    {
        using TrainableModel<float> whole = Model();
        History expected = whole.Fit(SmallTask.Data.X, SmallTask.Data.Y, Options());

        using (TrainableModel<float> killed = Model())
        {
            ModelCheckpoint checkpoint = new(CheckpointPath, everyBatches: 1);
            Assert.Throws<KilledException>(
                () => killed.Fit(SmallTask.Data.X, SmallTask.Data.Y, Options(checkpoint, new Killer(killedAfter))));
        }

        using TrainableModel<float> resumed = Model();
        FitOptions<float> options = Options(new ModelCheckpoint(CheckpointPath, everyBatches: 1)) with
        {
            Resume = TrainingCheckpoint.Load(CheckpointPath),
        };
        History found = resumed.Fit(SmallTask.Data.X, SmallTask.Data.Y, options);
        RequireSame(whole, expected, resumed, found);
    }

    [Fact]
    public void A_checkpoint_of_an_epoch_holds_what_callbacks_learnt_from_it()
    {
        using TrainableModel<float> whole = Model();
        History expected = whole.Fit(SmallTask.Data.X, SmallTask.Data.Y, Options([.. Stopping()]));
        Assert.InRange(expected.Epochs, 3, Epochs - 1);

        // The checkpoint comes first in the list, and is still written last.
        using (TrainableModel<float> killed = Model())
        {
            ModelCheckpoint checkpoint = new(Path.Combine(_folder, "{epoch}.safetensors"));
            killed.Fit(SmallTask.Data.X, SmallTask.Data.Y, Options([checkpoint, .. Stopping()]));
        }

        for (int epoch = 1; epoch <= expected.Epochs; epoch++)
        {
            using TrainableModel<float> resumed = Model();
            string path = Path.Combine(_folder, $"{epoch}.safetensors");
            TrainingCheckpoint checkpoint = TrainingCheckpoint.Load(path);
            Assert.Equal((epoch, 0), (checkpoint.Epoch, checkpoint.Batch));
            FitOptions<float> options = Options([new ModelCheckpoint(path), .. Stopping()]) with
            {
                Resume = checkpoint,
            };
            RequireSame(whole, expected, resumed, resumed.Fit(SmallTask.Data.X, SmallTask.Data.Y, options));
        }
    }

    [Fact]
    public void Carried_states_of_truncated_sequences_go_on_too()
    {
        float[] wave = SmallTask.Wave(2 * 30);
        Sequences<float> x = Sequences.Of(wave, 2);
        FitOptions<float> options = new() { Epochs = 3, BatchSize = 2, TruncatedSteps = 7, Shuffle = false };
        using TrainableModel<float> whole = Streaming();
        History expected = whole.Fit(x, wave, options);
        using (TrainableModel<float> killed = Streaming())
        {
            ModelCheckpoint checkpoint = new(CheckpointPath, everyBatches: 1);
            Assert.Throws<KilledException>(
                () => killed.Fit(x, wave, options with { Callbacks = [checkpoint, new Killer(8)] }));
        }

        using TrainableModel<float> resumed = Streaming();
        History found = resumed.Fit(x, wave, options with { Resume = TrainingCheckpoint.Load(CheckpointPath) });
        RequireSame(whole, expected, resumed, found);

        static TrainableModel<float> Streaming()
        {
            TrainableModel<float> model = new Sequential(1, 3).Lstm(4).Dense(1).ToModel(ModelOutput.EveryStep);
            model.Compile(new RmsProp(0.01, momentum: 0.5), new MeanSquaredError());
            return model;
        }
    }

    [Fact]
    public void Another_fit_or_model_or_arithmetic_is_refused()
    {
        using TrainableModel<float> model = Model();
        model.Fit(SmallTask.Data.X, SmallTask.Data.Y, Options(new ModelCheckpoint(CheckpointPath)));
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Load(CheckpointPath);

        using TrainableModel<float> other = Model();
        FitOptions<float> options = Options(new ModelCheckpoint(CheckpointPath)) with { Resume = checkpoint };
        Assert.Throws<InvalidDataException>(
            () => other.Fit(SmallTask.Data.X, SmallTask.Data.Y, options with { BatchSize = 5 }));
        using var larger = TrainableModel.Create(
            new Sequential(1, 1).SimpleRnn(4).Dense(1).ToDefinition(ModelOutput.LastStep));
        larger.Compile(new Adam(0.01), new MeanSquaredError());
        Assert.Throws<InvalidDataException>(() => larger.Restore(checkpoint));
        using var reference = TrainableModel.CreateReference<float>(SmallTask.Definition);
        reference.Compile(new Adam(0.01), new MeanSquaredError());
        var exception = Assert.Throws<InvalidDataException>(() => reference.Restore(checkpoint));
        Assert.Contains("reference", exception.Message, StringComparison.Ordinal);
        reference.Restore(checkpoint, onOtherArithmetic: true);
        Assert.Equal(model.Updates, reference.Updates);
    }

    private static TrainableModel<float> Model()
    {
        TrainableModel<float> model = TrainableModel.Create(
            SmallTask.Definition,
            new TrainingOptions { Dropout = [new LayerDropout(State: 0.2f), new LayerDropout(Elements: 0.2f)] });
        model.Compile(new Adam(new ExponentialDecay(0.05, 10, 0.5)), new MeanSquaredError(), new MeanAbsoluteError());
        return model;
    }

    private static FitOptions<float> Options(params Callback[] callbacks) => new()
    {
        Epochs = Epochs,
        BatchSize = 8,
        Seed = 12,
        ValidationData = SmallTask.Data,
        Callbacks = callbacks.OfType<EarlyStopping>().Any() ? callbacks : [.. Watching(), .. callbacks],
    };

    /// <summary>Callbacks with states of every kind, which do not end the run.</summary>
    private static Callback[] Watching() =>
    [
        new EarlyStopping(patience: 100, restoreBestWeights: true),
        new ReduceOnPlateau("loss", patience: 1, minDelta: 0.01),
    ];

    private static Callback[] Stopping() =>
        [new EarlyStopping(patience: 2, minDelta: 0.05, restoreBestWeights: true)];

    private static void RequireSame(
        TrainableModel<float> expectedModel, History expected, TrainableModel<float> model, History history)
    {
        Assert.Equal(expected.Names, history.Names);
        Assert.All(expected.Names, name => Assert.Equal(expected[name], history[name]));
        Assert.Equal(expected.BatchLosses, history.BatchLosses);
        Assert.Equal(SmallTask.Parameters(expectedModel), SmallTask.Parameters(model));
        Assert.Equal(expectedModel.Updates, model.Updates);
    }

    /// <summary>Ends a run as a crash would: without any end of epoch or training.</summary>
    private sealed class Killer(int batches) : Callback
    {
        private int _batches;

        public override void OnBatchEnd(TrainingRun run)
        {
            if (++_batches == batches)
            {
                throw new KilledException();
            }
        }
    }

    private sealed class KilledException : Exception;
}
