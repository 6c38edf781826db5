using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Reference;

/// <summary>The gradients of the reference are those of its outputs: central differences in double say so.</summary>
public sealed class GradientCheckTests
{
    public static TheoryData<CellKind> Kinds => new(CellKinds.Products);

    [Fact]
    public void Gradients_of_random_models_equal_finite_differences() => Property.Check(
        SequenceCases.Arbitrary(1_000_000, models: true),
        400,
        @case => FiniteDifferences.Check(new GradientData(GradientData.Shrink(@case)), most: 25));

    /// <summary>Not left to chance: every activation in every role, clip, biases, peepholes, coupling, projection.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_of_every_option_equal_finite_differences(CellKind cell)
    {
        int seed = 0;
        foreach (LayerCase layer in CellOptions.Of(new LayerCase { Cell = cell, Size = 4, TrainedState = true }, [0, 1, 3]))
        {
            seed++;
            FiniteDifferences.Check(
                new GradientData(new SequenceCase
                {
                    Seed = seed,
                    InputSize = 3,
                    Batch = 2,
                    Time = 3,
                    InitialState = seed % 2 == 0,
                    Layers = [layer],
                }),
                most: 60);
        }
    }

    [Fact]
    public void Forward_is_a_session_bit_for_bit() => Property.Check(
        SequenceCases.Arbitrary(100_000, models: true),
        300,
        @case =>
        {
            GradientData data = new(@case);
            Outcome expected = data.Data.RunReference();
            ReferenceGradientSession<float> session = ReferenceGradientSession<float>.Open(data.Definition, data.Dropout);
            data.Data.RequireSame(expected, data.Forward(session, drops: false), $"{data}");
        });
}
