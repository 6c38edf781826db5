using System.Numerics;
using Recurrent.Layers;
using Recurrent.Tests.Support;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>The whole loop gives PyTorch's numbers: every batch loss, the final parameters, the predictions.</summary>
public sealed class TrajectoryTests
{
    private static readonly Trajectory Recorded = new();

    public static TheoryData<InstructionSet> AllInstructionSets => InstructionSets.All;

    [Fact]
    public void The_reference_in_double_follows_PyTorch_in_double()
    {
        using var model = TrainableModel.CreateReference<double>(Recorded.Definition(), Trajectory.Options);
        RequireTrajectory(model, lossTolerance: 1e-9, weightTolerance: 1e-9, predictionTolerance: 1e-9);
    }

    [Fact]
    public void The_reference_in_float_follows_PyTorch()
    {
        using var model = TrainableModel.CreateReference<float>(Recorded.Definition(), Trajectory.Options);
        RequireTrajectory(model, lossTolerance: 1e-4, weightTolerance: 1e-3, predictionTolerance: 1e-3);
    }

    [Theory]
    [MemberData(nameof(AllInstructionSets))]
    public void Native_training_follows_PyTorch(InstructionSet isa)
    {
        InstructionSets.Use(isa);
        using TrainableModel<float> model =
            TrainableModel.Create(Recorded.Definition(), Trajectory.Options with { InstructionSet = isa });
        RequireTrajectory(model, lossTolerance: 1e-4, weightTolerance: 1e-3, predictionTolerance: 1e-3);
    }

    private static void RequireTrajectory<T>(
        TrainableModel<T> model, double lossTolerance, double weightTolerance, double predictionTolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        model.SetParameters(Recorded.Parameters<T>("init", model.Blocks));
        model.Compile(Trajectory.Optimizer, new MeanSquaredError());
        History history = model.Fit(
            Recorded.X<T>("x"),
            Recorded.Values<T>("y"),
            new FitOptions<T> { Epochs = Trajectory.Epochs, BatchSize = Trajectory.BatchSize, Shuffle = false });

        double[] losses = Recorded.BatchLosses;
        Assert.Equal(losses.Length, history.BatchLosses.Count);
        for (int i = 0; i < losses.Length; i++)
        {
            AssertWithin(losses[i], history.BatchLosses[i], lossTolerance * losses[i], $"loss of batch {i}");
        }

        T[] parameters = new T[model.ParameterCount];
        model.GetParameters(parameters);
        foreach (ParameterBlock block in model.Blocks)
        {
            RequireBlock(block, parameters, weightTolerance);
        }

        T[] predictions = model.Predict(Recorded.X<T>("x_test"));
        double[] expected = Recorded.Predictions;
        for (int i = 0; i < expected.Length; i++)
        {
            AssertWithin(expected[i], double.CreateChecked(predictions[i]), predictionTolerance, $"prediction {i}");
        }
    }

    private static void RequireBlock<T>(ParameterBlock block, T[] parameters, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double[] expected = Recorded.Values($"final.{Trajectory.NameOf(block)}");
        double largest = expected.Max(Math.Abs);
        for (int i = 0; i < block.Length; i++)
        {
            double found = double.CreateChecked(parameters[block.Offset + i]);
            AssertWithin(expected[i], found, tolerance * largest, $"{Trajectory.NameOf(block)}[{i}]");
        }
    }

    private static void AssertWithin(double expected, double found, double tolerance, string what) =>
        Assert.True(
            Math.Abs(expected - found) <= tolerance, $"{what}: expected {expected:R} within {tolerance:E1}, found {found:R}.");
}
