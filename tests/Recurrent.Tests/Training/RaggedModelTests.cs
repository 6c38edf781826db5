using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Rows of different lengths and missing steps through models of both directions: every row as if alone.</summary>
public sealed class RaggedModelTests
{
    private const int Rows = 5;
    private static readonly int[] Lengths = [7, 1, 4, 6, 3];

    [Theory]
    [InlineData(ModelOutput.EveryStep)]
    [InlineData(ModelOutput.LastStep)]
    public void Lengths_of_bidirectional_models_go_through_fit_evaluate_and_predict(ModelOutput output)
    {
        ModelDefinition definition = Bidirectional(output, null);
        float[][] rows = [.. Lengths.Select(length => SmallTask.Wave(length * 2))];
        Sequences<float> ragged = Sequences.Ragged(rows, features: 2);
        float[][] targets = [.. Lengths.Select(length => Target(output == ModelOutput.EveryStep ? length : 1))];
        Targets<float> y = output == ModelOutput.EveryStep ? Targets.Ragged(targets) : targets.SelectMany(t => t).ToArray();
        using TrainableModel<float> model = Compiled(definition);
        float[] predictions = model.Predict(ragged, batchSize: 2);
        double sum = 0;
        int stride = output == ModelOutput.EveryStep ? ragged.Time : 1;
        for (int row = 0; row < Rows; row++)
        {
            Sequences<float> alone = Sequences.Of(rows[row], 1, 2);
            float[] expected = model.Predict(alone);
            Assert.Equal(expected, predictions.AsSpan(row * stride, expected.Length).ToArray());
            Assert.All(predictions[((row * stride) + expected.Length)..((row + 1) * stride)], p => Assert.Equal(0, p));
            sum += model.Evaluate(alone, targets[row])["loss"] * targets[row].Length;
        }

        int positions = targets.Sum(target => target.Length);
        Assert.Equal(sum / positions, model.Evaluate(ragged, y, batchSize: 2)["loss"], 1e-6);

        // One update of the whole batch is that of the weighted gradients of the rows.
        float[] weighted = new float[model.ParameterCount];
        float[] gradients = new float[model.ParameterCount];
        for (int row = 0; row < Rows; row++)
        {
            model.ZeroGradients();
            model.AccumulateGradients(Sequences.Of(rows[row], 1, 2), targets[row]);
            model.GetGradients(gradients);
            for (int i = 0; i < weighted.Length; i++)
            {
                weighted[i] += gradients[i] * targets[row].Length / positions;
            }
        }

        float[] before = SmallTask.Parameters(model);
        model.Fit(ragged, y, epochs: 1, batchSize: 100);
        float[] after = SmallTask.Parameters(model);
        for (int i = 0; i < before.Length; i++)
        {
            Assert.Equal(before[i] - (0.1f * weighted[i]), after[i], 1e-6f);
        }
    }

    [Theory]
    [InlineData(ModelOutput.EveryStep)]
    [InlineData(ModelOutput.LastStep)]
    public void Steps_that_a_mask_leaves_out_may_hold_anything(ModelOutput output)
    {
        float[] wave = SmallTask.Wave(2 * 6 * 2);
        bool[] present = [true, true, false, true, true, false, false, true, true, true, false, true];
        float[] holed = [.. wave.Select((value, i) => present[i / 2] ? value : i % 2 == 0 ? float.NaN : 1e30f)];
        float[] y = Target(output == ModelOutput.EveryStep ? 12 : 2);
        using TrainableModel<float> clean = Compiled(Bidirectional(output, new Masking()));
        using TrainableModel<float> dirty = Compiled(Bidirectional(output, new Masking()));
        Sequences<float> x = Sequences.Of(wave, 2, 2).WithPresent(present);
        Sequences<float> other = Sequences.Of(holed, 2, 2).WithPresent(present);
        Assert.Equal(clean.Fit(x, y, epochs: 3)["loss"], dirty.Fit(other, y, epochs: 3)["loss"]);
        Assert.Equal(SmallTask.Parameters(clean), SmallTask.Parameters(dirty));
        Assert.Equal(clean.Evaluate(x, y), dirty.Evaluate(other, y));
        Assert.Equal(clean.Predict(x), dirty.Predict(other));
    }

    [Fact]
    public void Rows_without_any_step_neither_count_nor_move_anything()
    {
        float[] wave = SmallTask.Wave(3 * 4 * 2);
        Sequences<float> x = Sequences.Of(wave, 3, 2).WithLengths(new[] { 0, 4, 0 });
        using TrainableModel<float> model = Compiled(Bidirectional(ModelOutput.LastStep, null));
        History history = model.Fit(x, new float[3], new FitOptions<float> { BatchSize = 1, Shuffle = false });
        Assert.Equal(1, model.Updates);
        Assert.Equal([0, 0], [history.BatchLosses[0], history.BatchLosses[2]]);
        Assert.Equal(history.BatchLosses[1], history["loss"][0]);
    }

    private static float[] Target(int length) => [.. SmallTask.Wave(length).Select(value => 0.3f - value)];

    private static TrainableModel<float> Compiled(ModelDefinition definition)
    {
        TrainableModel<float> model = TrainableModel.Create(definition);
        model.Compile(new Sgd(0.1), new MeanSquaredError());
        return model;
    }

    private static ModelDefinition Bidirectional(ModelOutput output, Masking? masking) => new Sequential(2, 4)
        .Recurrent(new LstmSpecification { InputSize = 2, HiddenSize = 3, Direction = Direction.Bidirectional })
        .Recurrent(new GruSpecification { InputSize = 6, HiddenSize = 4, Direction = Direction.Bidirectional })
        .Dense(1)
        .ToDefinition(output, masking);
}
