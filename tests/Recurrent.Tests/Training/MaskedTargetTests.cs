using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Padded and missing steps take no part in the loss.</summary>
public sealed class MaskedTargetTests
{
    [Fact]
    public void Padding_changes_neither_loss_nor_updates()
    {
        ModelDefinition definition = new Sequential(1, 2).Gru(4).Dense(1).ToDefinition(ModelOutput.EveryStep);
        float[][] rows = [SmallTask.Wave(5), SmallTask.Wave(3), SmallTask.Wave(4)];
        Sequences<float> ragged = Sequences.Ragged(rows);
        Targets<float> targets = Targets.Ragged(rows);
        using TrainableModel<float> model = TrainableModel.Create(definition);
        model.Compile(new Sgd(0.1), new MeanSquaredError(), new MeanAbsoluteError());

        double sum = 0;
        foreach (float[] row in rows)
        {
            sum += row.Length * model.Evaluate(Sequences.Of(row, 1), row)["loss"];
        }

        Assert.Equal(sum / 12, model.Evaluate(ragged, targets)["loss"], 1e-7);

        // What stands in the padding does not matter.
        float[] noise = ragged.Values.ToArray();
        noise[8] = 7;
        noise[9] = -7;
        Sequences<float> noisy = Sequences.Of(noise, 3).WithLengths(ragged.Lengths);
        using TrainableModel<float> other = TrainableModel.Create(definition);
        other.Compile(new Sgd(0.1), new MeanSquaredError());
        model.TrainOnBatch(ragged, targets);
        other.TrainOnBatch(noisy, targets);
        Assert.Equal(SmallTask.Parameters(model), SmallTask.Parameters(other));
        float[] predictions = model.Predict(ragged, batchSize: 2);
        Assert.Equal(15, predictions.Length);
        Assert.Equal([0, 0], predictions[8..10]);
    }

    [Fact]
    public void Missing_steps_do_not_count_whether_a_value_or_a_mask_tells()
    {
        float[] wave = SmallTask.Wave(6);
        float[] holed = [.. wave];
        holed[2] = float.NaN;
        bool[] present = [true, true, false, true, true, true];
        ModelDefinition definition = new Sequential(1, 2).Gru(4).Dense(1)
            .ToDefinition(ModelOutput.EveryStep, new Masking());
        using TrainableModel<float> model = TrainableModel.Create(definition);
        model.Compile(new Sgd(0.1), new MeanSquaredError());
        float[] without = [.. wave.Where((_, i) => i != 2)];
        double expected = model.Evaluate(Sequences.Of(without, 1), without)["loss"];
        Assert.Equal(expected, model.Evaluate(Sequences.Of(holed, 1), wave)["loss"], 1e-7);
        Assert.Equal(expected, model.Evaluate(Sequences.Of(wave, 1).WithPresent(present), wave)["loss"], 1e-7);
        Assert.Equal(present, MissingValues.Mask<float>(holed));
    }

    [Fact]
    public void Indices_and_classes_of_different_lengths_are_learnt()
    {
        ModelDefinition definition = new Sequential(3, 2).Embedding(4).Lstm(6).Dense(3)
            .ToDefinition(ModelOutput.EveryStep);
        int[][] rows = [[0, 1, 2, 0, 1], [1, 2, 0], [2, 0, 1, 2]];
        int[][] next = [[1, 2, 0, 1, 2], [2, 0, 1], [0, 1, 2, 0]];
        using TrainableModel<float> model = TrainableModel.Create(definition);
        model.Compile(new Adam(0.05), new SparseCategoricalCrossEntropy(fromLogits: true), new Accuracy());
        History history = model.Fit(
            Sequences.RaggedIndices<float>(rows), Targets.RaggedClasses<float>(next), epochs: 60, batchSize: 2);
        Assert.Equal(1, history["accuracy"][^1]);
        Assert.True(history["loss"][^1] < 0.2);
    }
}
