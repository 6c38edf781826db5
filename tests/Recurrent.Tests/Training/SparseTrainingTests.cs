using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Fits whose embedding is updated sparsely or not at all.</summary>
public sealed class SparseTrainingTests
{
    private const int Vocabulary = 12;

    // The last two words never occur.
    private static (Sequences<float> X, Targets<float> Y) Words { get; } = (
        Sequences.OfIndices<float>(Enumerable.Range(0, 60).Select(i => i * 7 % (Vocabulary - 2)).ToArray(), 15),
        new Targets<float>(Enumerable.Range(0, 15).Select(i => (i % 3) - 1f).ToArray()));

    private static TrainableModel<float> Model(bool sparse, Optimizer optimizer, LayerRegularizers penalties = default)
    {
        TrainableModel<float> model = new Sequential(Vocabulary, seed: 4).Embedding(5, penalties, sparse).Lstm(4).Dense(1)
            .ToModel(ModelOutput.LastStep);
        model.Compile(optimizer, new MeanSquaredError());
        return model;
    }

    /// <summary>A gradient of 0 moves nothing, so only the time differs.</summary>
    [Fact]
    public void Gradient_descent_has_the_same_bits_sparse_and_dense()
    {
        using TrainableModel<float> sparse = Model(sparse: true, new Sgd(0.1) { GlobalClipNorm = 0.5 });
        using TrainableModel<float> dense = Model(sparse: false, new Sgd(0.1) { GlobalClipNorm = 0.5 });
        double[] losses = [.. sparse.Fit(Words.X, Words.Y, epochs: 3, batchSize: 4)["loss"]];
        Assert.Equal(losses, dense.Fit(Words.X, Words.Y, epochs: 3, batchSize: 4)["loss"]);
        Assert.Equal(SmallTask.Parameters(dense), SmallTask.Parameters(sparse));
    }

    [Fact]
    public void Adam_follows_the_reference_and_leaves_words_that_do_not_occur()
    {
        using TrainableModel<float> model = Model(sparse: true, new Adam(0.05));
        float[] before = SmallTask.Parameters(model);
        using TrainableModel<double> reference = TrainableModel.CreateReference<double>(
            model.ToDefinition(), new TrainingOptions { Sparse = block => block.Role == ParameterRole.Table });
        reference.Compile(new Adam(0.05), new MeanSquaredError());
        Sequences<double> x = Sequences.OfIndices<double>(Words.X.Indices, 15);
        Targets<double> y = new(Array.ConvertAll(Words.Y.Values.ToArray(), value => (double)value));
        double[] expected = [.. reference.Fit(x, y, new FitOptions<double> { Epochs = 4, BatchSize = 3, Shuffle = false })["loss"]];
        double[] found = [.. model.Fit(Words.X, Words.Y, new FitOptions<float> { Epochs = 4, BatchSize = 3, Shuffle = false })["loss"]];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-4);
        }

        float[] after = SmallTask.Parameters(model);
        int read = (Vocabulary - 2) * 5;
        Assert.Equal(before.AsSpan(read, 10).ToArray(), after.AsSpan(read, 10).ToArray());
        Assert.NotEqual(before.AsSpan(0, read).ToArray(), after.AsSpan(0, read).ToArray());
    }

    [Fact]
    public void An_optimizer_that_moves_all_rows_is_refused()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Model(sparse: true, new AdamW()));
        Assert.Contains("layer 0 is updated sparsely, found AdamW", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Model(sparse: true, new RmsProp()));
        refused = Assert.Throws<ArgumentException>(() => Model(sparse: true, new Sgd(0.1, momentum: 0.9)));
        Assert.Contains("Sgd with a momentum of 0.9", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_penalty_of_the_table_is_refused_and_so_is_a_block_that_is_no_table()
    {
        LayerRegularizers penalties = new(Kernel: new Regularizer(L2: 0.1));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Model(sparse: true, new Adam(), penalties));
        Assert.Contains("layer 0 has one", refused.Message, StringComparison.Ordinal);
        refused = Assert.Throws<ArgumentException>(() => TrainableModel.Create(
            SmallTask.Definition, new TrainingOptions { Sparse = _ => true }));
        Assert.Contains("found InputWeights of layer 0", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The last good parameters of a sparse and a frozen table are those before the update that went wrong.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_fit_that_diverges_leaves_the_last_good_parameters(bool sparse)
    {
        using TrainableModel<float> model = Model(sparse, new Sgd(new SuddenRate()));
        List<float[]> seen = [];
        Assert.Throws<TrainingDivergedException>(() => model.Fit(
            Words.X,
            Words.Y,
            new FitOptions<float> { Epochs = 4, BatchSize = 5, Callbacks = [new Watcher(() => seen.Add(SmallTask.Parameters(model)))] }));
        Assert.Equal(4, seen.Count);
        Assert.Equal(seen[^2], SmallTask.Parameters(model));
    }

    /// <summary>The fourth update leaves nothing finite.</summary>
    private sealed class SuddenRate : LearningRateSchedule
    {
        public override double At(long update) => update < 3 ? 0.01 : 1e300;
    }

    private sealed class Watcher(Action seen) : Callback
    {
        public override void OnBatchEnd(TrainingRun run) => seen();
    }
}
