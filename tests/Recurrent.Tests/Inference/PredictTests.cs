using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>Each call of Predict begins anew, for a native and for a reference model.</summary>
public sealed class PredictTests
{
    private static readonly int[] Lengths = [3, 1];
    private static readonly bool[] Present = [true, true, false, true, true, true];

    /// <summary>The sum of a row's inputs so far, from 100 on.</summary>
    private static ModelDefinition RunningSum(
        ModelOutput output = ModelOutput.EveryStep, SequenceLayout layout = SequenceLayout.TimeMajor) =>
        new([Sum()], output, new Masking { Output = MissingOutput.Zero }, layout);

    /// <summary>The same of indices, each of which stands for itself.</summary>
    private static ModelDefinition RunningSumOfIndices() => new(
        [
            new EmbeddingLayer(
                new EmbeddingSpecification { InputSize = 31, OutputSize = 1 },
                [.. Enumerable.Range(0, 31).Select(index => (float)index)]),
            Sum(),
        ],
        masking: new Masking { Output = MissingOutput.Zero });

    private static RecurrentLayer Sum() => new(
        new SimpleRnnSpecification { InputSize = 1, HiddenSize = 1, Activation = Activation.Identity },
        new CellWeights(new float[] { 1 }, new float[] { 1 }, initialHidden: new float[] { 100 }));

    [Fact]
    public void The_same_window_twice_gives_the_same_numbers()
    {
        using RecurrentModel model = RecurrentModel.Create(RunningSum());
        ReferenceModel<double> reference = ReferenceModel<double>.Create(RunningSum());
        for (int again = 0; again < 3; again++)
        {
            Assert.Equal([101, 103, 107], model.Predict([1, 2, 4], batch: 1, time: 3));
            Assert.Equal([101, 103, 107], reference.Predict([1, 2, 4], batch: 1, time: 3));
        }
    }

    [Fact]
    public void A_model_with_a_reverse_direction_needs_no_reset()
    {
        using RecurrentModel model = Models.Lstm(Direction.Bidirectional);
        float[] x = [1, 2, 3, 4];
        Assert.Equal(model.Predict(x, 1, 2), model.Predict(x, 1, 2));
    }

    [Fact]
    public void Every_form_gives_the_same()
    {
        using RecurrentModel model = RecurrentModel.Create(RunningSum());
        ReferenceModel<float> reference = ReferenceModel<float>.Create(RunningSum());
        float[] x = [1, 10, 2, 20, 3, 30];
        SequenceMask mask = new() { Lengths = Lengths, Present = Present };
        float[] y = new float[6];

        float[] full = [101, 110, 103, 130, 106, 160];
        Assert.Equal(full, model.Predict(x, 2, 3));
        Assert.Equal(full, reference.Predict(x, 2, 3));
        model.Predict(x, 2, 3, y);
        Assert.Equal(full, y);
        reference.Predict(x, 2, 3, y);
        Assert.Equal(full, y);

        float[] ragged = [101, 110, 103, 0, 106, 0];
        Assert.Equal(ragged, model.Predict(x, 2, 3, Lengths));
        Assert.Equal(ragged, reference.Predict(x, 2, 3, Lengths));
        model.Predict(x, 2, 3, Lengths, y);
        Assert.Equal(ragged, y);
        reference.Predict(x, 2, 3, Lengths, y);
        Assert.Equal(ragged, y);

        float[] masked = [101, 110, 0, 0, 104, 0];
        Assert.Equal(masked, model.Predict(x, 2, 3, mask));
        Assert.Equal(masked, reference.Predict(x, 2, 3, mask));
        model.Predict(x, 2, 3, mask, y);
        Assert.Equal(masked, y);
        reference.Predict(x, 2, 3, mask, y);
        Assert.Equal(masked, y);
    }

    [Fact]
    public void Every_form_of_indices_gives_the_same()
    {
        using RecurrentModel model = RecurrentModel.Create(RunningSumOfIndices());
        ReferenceModel<float> reference = ReferenceModel<float>.Create(RunningSumOfIndices());
        int token = 2;
        Assert.Equal([102, 105], model.PredictIndices([token, 3], 1, 2));
        int[] indices = [1, 10, 2, 20, 3, 30];
        SequenceMask mask = new() { Lengths = Lengths, Present = Present };
        float[] y = new float[6];

        float[] full = [101, 110, 103, 130, 106, 160];
        Assert.Equal(full, model.PredictIndices(indices, 2, 3));
        Assert.Equal(full, reference.PredictIndices(indices, 2, 3));
        model.PredictIndices(indices, 2, 3, y);
        Assert.Equal(full, y);
        reference.PredictIndices(indices, 2, 3, y);
        Assert.Equal(full, y);

        float[] ragged = [101, 110, 103, 0, 106, 0];
        Assert.Equal(ragged, model.PredictIndices(indices, 2, 3, Lengths));
        Assert.Equal(ragged, reference.PredictIndices(indices, 2, 3, Lengths));
        model.PredictIndices(indices, 2, 3, Lengths, y);
        Assert.Equal(ragged, y);
        reference.PredictIndices(indices, 2, 3, Lengths, y);
        Assert.Equal(ragged, y);

        float[] masked = [101, 110, 0, 0, 104, 0];
        Assert.Equal(masked, model.PredictIndices(indices, 2, 3, mask));
        Assert.Equal(masked, reference.PredictIndices(indices, 2, 3, mask));
        model.PredictIndices(indices, 2, 3, mask, y);
        Assert.Equal(masked, y);
        reference.PredictIndices(indices, 2, 3, mask, y);
        Assert.Equal(masked, y);
    }

    [Theory]
    [InlineData(SequenceLayout.TimeMajor)]
    [InlineData(SequenceLayout.BatchMajor)]
    public void The_order_of_axes_is_the_models_or_the_one_that_is_given(SequenceLayout layout)
    {
        float[] timeMajor = [1, 10, 2, 20];
        float[] batchMajor = [1, 2, 10, 20];
        using RecurrentModel model = RecurrentModel.Create(RunningSum(layout: layout));
        ReferenceModel<float> reference = ReferenceModel<float>.Create(RunningSum(layout: layout));
        bool isTimeMajor = layout == SequenceLayout.TimeMajor;
        float[] expected = isTimeMajor ? [101, 110, 103, 130] : [101, 103, 110, 130];
        Assert.Equal(expected, model.Predict(isTimeMajor ? timeMajor : batchMajor, 2, 2));
        Assert.Equal(expected, reference.Predict(isTimeMajor ? timeMajor : batchMajor, 2, 2));
        Assert.Equal([101, 110, 103, 130], model.Predict(timeMajor, 2, 2, SequenceLayout.TimeMajor));
        Assert.Equal([101, 103, 110, 130], model.Predict(batchMajor, 2, 2, SequenceLayout.BatchMajor));
        Assert.Equal([101, 110, 103, 130], reference.Predict(timeMajor, 2, 2, SequenceLayout.TimeMajor));
        Assert.Equal([101, 103, 110, 130], reference.Predict(batchMajor, 2, 2, SequenceLayout.BatchMajor));
    }

    [Theory]
    [InlineData(ModelOutput.EveryStep)]
    [InlineData(ModelOutput.LastStep)]
    public void No_sequences_and_no_steps(ModelOutput output)
    {
        using RecurrentModel model = RecurrentModel.Create(RunningSum(output));
        ReferenceModel<float> reference = ReferenceModel<float>.Create(RunningSum(output));
        Assert.Empty(model.Predict([], 0, 5));
        Assert.Empty(reference.Predict([], 0, 5));
        float[] expected = output == ModelOutput.EveryStep ? [] : [0, 0];
        Assert.Equal(expected, model.Predict([], 2, 0));
        Assert.Equal(expected, reference.Predict([], 2, 0));
        float[] y = [.. expected.Select(_ => 9f)];
        model.Predict([], 2, 0, [0, 0], y);
        Assert.Equal(expected, y);
    }

    /// <summary>The states of so many sequences would not fit a span, but no more than some of them are computed at once.</summary>
    [Fact]
    public void The_batch_may_be_larger_than_a_sessions()
    {
        const int Batch = 2_200_000;
        RandomFloats random = new(1);
        using RecurrentModel model = RecurrentModel.Create(new ModelDefinition(
            [
                new LayerCase { Cell = CellKind.Lstm, Size = 512 }.Create(1, random),
                new LayerCase { Cell = CellKind.Dense, Size = 1 }.Create(512, random),
            ],
            ModelOutput.LastStep));
        Assert.Throws<ArgumentException>(() => model.OpenSession(Batch));
        Assert.Equal(Batch, model.Predict([], Batch, 0).Length);
    }

    [Fact]
    public void Sessions_and_predictions_do_not_know_of_each_other()
    {
        using RecurrentModel model = RecurrentModel.Create(RunningSum());
        using Session session = model.OpenSession();
        float[] y = new float[1];
        session.Step([1], y);
        Assert.Equal([110], model.Predict([10], 1, 1));
        session.Step([2], y);
        Assert.Equal([103], y);
    }
}
