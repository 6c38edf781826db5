using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>After a run that diverged, model and files can still be used.</summary>
public sealed class DivergenceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recurrent-divergence").FullName;

    private static Sequences<float> X => SmallTask.Data.X;

    private static Targets<float> Y => SmallTask.Data.Y;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A loss that is finite and whose gradient is not gets into the moments of the optimizer.</summary>
    [Fact]
    public void What_the_optimizer_remembers_is_forgotten_so_that_the_model_can_learn_again()
    {
        using TrainableModel<float> model = SmallTask.Model();
        model.Compile(new Adam(0.01), new SteepLoss());
        Assert.Throws<TrainingDivergedException>(() => model.Fit(X, Y, epochs: 3));
        TrainingCheckpoint state = model.Capture();
        Assert.All(state.GetValues<float>("moments"), moment => Assert.Equal(0, moment));
        SteepLoss.Slope = 1;
        History history = model.Fit(X, Y, epochs: 3);
        SteepLoss.Slope = float.PositiveInfinity;
        Assert.True(double.IsFinite(history["loss"][^1]));
    }

    [Fact]
    public void A_checkpoint_with_the_last_good_parameters_is_not_overwritten()
    {
        string path = Path.Combine(_folder, "run.safetensors");
        using TrainableModel<float> model = SmallTask.Model(optimizer: new Sgd(new SuddenRate()));
        FitOptions<float> options = new()
        {
            Epochs = 5,
            BatchSize = 8,
            Callbacks = [new ModelCheckpoint(path, everyBatches: 1)],
        };
        Assert.Throws<TrainingDivergedException>(() => model.Fit(X, Y, options));
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Load(path);
        using TrainableModel<float> restored = SmallTask.Model(optimizer: new Sgd(0.01));
        restored.Restore(checkpoint);
        Assert.All(SmallTask.Parameters(restored), parameter => Assert.True(float.IsFinite(parameter)));
    }

    [Fact]
    public void The_batch_is_one_of_the_epoch_even_when_the_last_update_was_the_bad_one()
    {
        using TrainableModel<float> model = SmallTask.Model(optimizer: new Sgd(new SuddenRate()));
        var exception = Assert.Throws<TrainingDivergedException>(
            () => model.Fit(X, Y, new FitOptions<float> { BatchSize = 5 }));
        Assert.Equal(4, exception.Batch);
        Assert.Contains("batch 5", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>The fifth update leaves nothing finite.</summary>
    private sealed class SuddenRate : LearningRateSchedule
    {
        public override double At(long update) => update < 4 ? 0.01 : 1e300;
    }

    /// <summary>A mean that is 1 everywhere with any slope.</summary>
    private sealed class SteepLoss : Loss
    {
        public static float Slope { get; set; } = float.PositiveInfinity;

        public override string Name => "steep";

        public override double Compute<T>(in LossBatch<T> batch, T scale, Span<T> gradient)
        {
            gradient.Fill(T.CreateTruncating(Slope));
            return double.IsFinite(double.CreateTruncating(batch.Predictions[0])) ? batch.Positions : double.NaN;
        }
    }
}
