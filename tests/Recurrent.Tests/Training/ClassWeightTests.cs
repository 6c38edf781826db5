using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>
/// Class weights are the sample weights that they stand for: <c>w_i = c[class_i]</c>, 1 for a class that is not named, where
/// the class is the target itself, the largest of a one-hot target, or a single number rounded (Keras <c>class_weight</c>).
/// </summary>
public sealed class ClassWeightTests
{
    private const int Count = 6;
    private static readonly Dictionary<int, double> ClassWeights = new() { [0] = 0.25, [2] = 3 };

    [Fact]
    public void Of_classes()
    {
        int[] classes = [0, 1, 2, 2, 0, 1];
        RequireSame(
            new SparseCategoricalCrossEntropy(fromLogits: true), 3, ModelOutput.LastStep,
            new Targets<float>(classes), [0.25f, 1, 3, 3, 0.25f, 1]);
    }

    [Fact]
    public void Of_classes_of_steps_of_which_some_do_not_count()
    {
        int[] classes = [0, 1, 2, -1, 0, 1, -1, -1, 2, 2, 1, 0];
        RequireSame(
            new SparseCategoricalCrossEntropy(fromLogits: true), 3, ModelOutput.EveryStep,
            new Targets<float>(classes), [0.25f, 1, 3, 9, 0.25f, 1, 9, 9, 3, 3, 1, 0.25f]);
    }

    [Fact]
    public void Of_the_largest_of_one_hot_numbers()
    {
        float[] hot = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0.2f, 0.3f, 0.5f, 0.4f, 0.2f, 0.4f, 0, 1, 0];
        RequireSame(
            new CategoricalCrossEntropy(fromLogits: true), 3, ModelOutput.LastStep,
            hot, [0.25f, 1, 3, 3, 0.25f, 1]);
    }

    [Fact]
    public void Of_a_rounded_column()
    {
        float[] column = [0, 1, 2, 0.5f, 1.5f, 0.6f];
        RequireSame(new MeanSquaredError(), 1, ModelOutput.LastStep, column, [0.25f, 1, 3, 0.25f, 3, 1]);
    }

    [Fact]
    public void A_validation_split_has_none()
    {
        Targets<float> y = new(new[] { 0, 1, 2, 2, 0, 1 });
        Sequences<float> x = Sequences.Of(SmallTask.Wave(Count * 5), Count);
        using TrainableModel<float> model = TrainableModel.Create(
            new Sequential(1, 4).Gru(3).Dense(3).ToDefinition(ModelOutput.LastStep));
        model.Compile(new Adam(0.01), new SparseCategoricalCrossEntropy(fromLogits: true));
        History history = model.Fit(
            x, y.WithClassWeights(ClassWeights), new FitOptions<float> { Epochs = 1, ValidationSplit = 0.5 });
        Assert.Equal(model.Evaluate(x.Slice(3, 3), y.Slice(3, 3))["loss"], history["val_loss"][0]);
        Assert.NotEqual(
            model.Evaluate(x.Slice(3, 3), y.Slice(3, 3).WithClassWeights(ClassWeights))["loss"], history["val_loss"][0]);
    }

    /// <summary>Keras 3 refuses both together.</summary>
    [Fact]
    public void Sample_weights_are_multiplied()
    {
        Targets<float> y = new Targets<float>(new[] { 0, 1, 2, 2, 0, 1 });
        RequireSame(
            new SparseCategoricalCrossEntropy(fromLogits: true), 3, ModelOutput.LastStep,
            y.WithWeights(new float[] { 1, 2, 0.5f, 1, 0, 4 }), [0.25f, 2, 1.5f, 3, 0, 4]);
    }

    private static void RequireSame(
        Loss loss, int units, ModelOutput output, Targets<float> targets, float[] standFor)
    {
        int time = output == ModelOutput.EveryStep ? 2 : 5;
        Sequences<float> x = Sequences.Of(SmallTask.Wave(Count * time), Count);
        ModelDefinition definition = new Sequential(1, 4).Gru(3).Dense(units).ToDefinition(output);
        (History found, float[] parameters) = Fit(targets.WithClassWeights(ClassWeights));
        (History expected, float[] expectedParameters) = Fit(targets.WithWeights(standFor));
        Assert.Equal(expected.BatchLosses, found.BatchLosses);
        Assert.Equal(expected["val_loss"], found["val_loss"]);
        Assert.Equal(expectedParameters, parameters);
        Assert.NotEqual(Fit(targets).Item1.BatchLosses, found.BatchLosses);

        (History, float[]) Fit(Targets<float> y)
        {
            using TrainableModel<float> model = TrainableModel.Create(definition);
            model.Compile(new Adam(0.01), loss);
            History history = model.Fit(
                x, y, new FitOptions<float> { Epochs = 2, BatchSize = 2, ValidationData = (x, y) });
            return (history, SmallTask.Parameters(model));
        }
    }
}
