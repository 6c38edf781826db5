using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Fits of models with convolutions, pooling and normalization: as in the reference, ragged, in pieces, resumed.</summary>
public sealed class WindowFitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recurrent-windows").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_learns_as_in_the_reference()
    {
        (Sequences<float> windows, Targets<float> next) = TimeSeries.Windows<float>(SmallTask.Wave(60), window: 9);
        using TrainableModel<float> model = Attention().Model;
        using TrainableModel<double> reference = TrainableModel.CreateReference<double>(model.Definition);
        model.Compile(new Adam(0.01), new MeanSquaredError());
        reference.Compile(new Adam(0.01), new MeanSquaredError());
        Sequences<double> x = Sequences.Of(Array.ConvertAll(windows.Values.ToArray(), value => (double)value), windows.Count);
        Targets<double> y = new(Array.ConvertAll(next.Values.ToArray(), value => (double)value));
        double[] expected = [.. reference.Fit(x, y, new FitOptions<double> { Epochs = 6, BatchSize = 8, Seed = 2 })["loss"]];
        double[] found = [.. model.Fit(windows, next, new FitOptions<float> { Epochs = 6, BatchSize = 8, Seed = 2 })["loss"]];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-5);
        }

        Assert.InRange(found[^1], 0, 0.8 * found[0]);
        using RecurrentModel learnt = RecurrentModel.Create(model.ToDefinition());
        Assert.Equal(model.Predict(windows), learnt.Predict(windows.Values.Span, windows.Count, windows.Time));
    }

    [Fact]
    public void Penalties_and_dropout_of_convolutions_count()
    {
        LayerRegularizers penalty = new(Kernel: new Regularizer(L2: 0.5));
        using TrainableModel<float> plain = Compiled(new Sequential(1, seed: 1).Convolution(2, 3).Dense(1));
        using TrainableModel<float> penalized =
            Compiled(new Sequential(1, seed: 1).Dropout(0.5f).Convolution(2, 3, regularizers: penalty).Dense(1));
        float[] wave = SmallTask.Wave(12);
        Sequences<float> x = Sequences.Of(wave, 1);
        float[] kernel = SmallTask.Parameters(plain)[..6];
        double expected = plain.Evaluate(x, wave)["loss"] + (0.5 * kernel.Sum(value => (double)value * value));
        Assert.Equal(expected, penalized.Evaluate(x, wave)["loss"], 1e-6);
        // In training some of the inputs are dropped.
        Assert.NotEqual(
            expected, penalized.Fit(x, wave, new FitOptions<float> { Epochs = 1, Seed = 3 })["loss"][0], 1e-3);

        static TrainableModel<float> Compiled(Sequential layers)
        {
            TrainableModel<float> model = layers.ToModel(ModelOutput.EveryStep);
            model.Compile(new Sgd(0), new MeanSquaredError());
            return model;
        }
    }

    [Fact]
    public void A_batch_of_rows_that_are_too_short_for_a_window_has_its_steps_all_the_same()
    {
        float[][] rows = [SmallTask.Wave(9), SmallTask.Wave(2), SmallTask.Wave(1), SmallTask.Wave(7)];
        Sequences<float> ragged = Sequences.Ragged(rows, features: 1);
        using TrainableModel<float> model = new Sequential(1, seed: 1)
            .Convolution(3, 4, padding: ConvolutionPadding.Valid).MaxOverTime().Dense(1).ToModel(ModelOutput.EveryStep);
        model.Compile(new Sgd(0), new MeanSquaredError());
        float[] together = model.Predict(ragged, batchSize: 4);
        Assert.Equal(together, model.Predict(ragged, batchSize: 1));
        // Made of no steps: the bias of the dense layer.
        Assert.Equal([0, 0], together[1..3]);
        float[] targets = [1, 2, 3, 4];
        Assert.Equal(
            model.Evaluate(ragged, targets, batchSize: 4)["loss"], model.Evaluate(ragged, targets, batchSize: 1)["loss"], 1e-6);
    }

    [Fact]
    public void Data_of_other_steps_is_refused()
    {
        using TrainableModel<float> model = new Sequential(1, seed: 1)
            .Convolution(3, 4, padding: ConvolutionPadding.Valid).Flatten(3).Dense(1).ToModel(ModelOutput.EveryStep);
        model.Compile(new Sgd(0), new MeanSquaredError());
        Refuse("x.Time: expected at least 4, because layer 0, a ConvolutionLayer", Sequences.Of(SmallTask.Wave(3), 1));
        Refuse("x.Time: expected 6, because layer 1, a FlattenLayer, takes 3 steps; found 7", Sequences.Of(SmallTask.Wave(7), 1));
        Refuse(
            "x.Lengths[1]: expected 0, or 6, because layer 1, a FlattenLayer",
            Sequences.Of(SmallTask.Wave(12), 2).WithLengths(new[] { 6, 5 }));

        void Refuse(string text, Sequences<float> x) => Assert.Contains(
            text, Assert.Throws<ArgumentException>(() => model.Fit(x, new float[x.Count])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Histories_go_on_from_piece_to_piece()
    {
        float[] wave = SmallTask.Wave(22);
        Sequences<float> x = Sequences.Of(wave, 2);
        using TrainableModel<float> model = new Sequential(1, 5)
            .Convolution(4, 3, dilation: 2).LayerNormalization().Gru(3).Dense(1).ToModel(ModelOutput.EveryStep);
        model.Compile(new Sgd(0), new MeanSquaredError());
        double whole = model.Evaluate(x, wave)["loss"];
        Assert.Equal(whole, model.Fit(x, wave, new FitOptions<float> { TruncatedSteps = 4 })["loss"][0], 1e-7);
        using TrainableModel<float> centered = new Sequential(1, 5)
            .Convolution(1, 3, padding: ConvolutionPadding.Same).ToModel(ModelOutput.EveryStep);
        centered.Compile(new Sgd(0), new MeanSquaredError());
        Assert.Contains(
            "and needs whole sequences",
            Assert.Throws<NotSupportedException>(
                () => centered.Fit(x, wave, new FitOptions<float> { TruncatedSteps = 4 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_goes_on_from_its_checkpoint_to_the_same_bits()
    {
        string path = Path.Combine(_folder, "run.safetensors");
        (Sequences<float> windows, Targets<float> next) = TimeSeries.Windows<float>(SmallTask.Wave(40), window: 9);
        FitOptions<float> options = new() { BatchSize = 8, Seed = 4 };
        using TrainableModel<float> whole = Compiled();
        whole.Fit(windows, next, options with { Epochs = 4 });
        using (TrainableModel<float> first = Compiled())
        {
            first.Fit(windows, next, options with { Epochs = 2, Callbacks = [new ModelCheckpoint(path)] });
        }

        using TrainableModel<float> resumed = Compiled();
        resumed.Fit(windows, next, options with { Epochs = 4, Resume = TrainingCheckpoint.Load(path) });
        Assert.Equal(SmallTask.Parameters(whole), SmallTask.Parameters(resumed));

        static TrainableModel<float> Compiled()
        {
            TrainableModel<float> model = Attention().Model;
            model.Compile(new Adam(0.01), new MeanSquaredError());
            return model;
        }
    }

    /// <summary>Two convolutions, normalized, weighed by scores of their own.</summary>
    private static (Graph Graph, TrainableModel<float> Model) Attention()
    {
        Graph graph = new(seed: 3);
        GraphValue x = graph.Input("x", 1);
        GraphValue features = x.Convolution(6, 3, activation: Activation.Tanh).LayerNormalization().MaxPooling(2)
            .Convolution(4, 2, groups: 2, padding: ConvolutionPadding.Valid);
        GraphValue y = features.SoftmaxOverTime(features.Dense(1)).Concatenate(features.MeanOverTime()).Dense(1);
        return (graph, graph.ToModel([("y", y)]));
    }
}
