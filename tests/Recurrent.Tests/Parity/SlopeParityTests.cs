using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>
/// The slopes of all activations, at kinks and bounds, too, where random models hardly ever are: native code has those of the
/// reference.
/// </summary>
public sealed class SlopeParityTests
{
    public static TheoryData<InstructionSet, ActivationKind> Functions => ActivationParityTests.Functions;

    public static TheoryData<InstructionSet> Sets => InstructionSets.All;

    [Theory]
    [MemberData(nameof(Functions))]
    public void Slopes_are_those_of_the_reference(InstructionSet isa, ActivationKind kind)
    {
        InstructionSets.Use(isa);
        // Kinks are at 0, at alpha, and where alpha x + beta is 0 or 1; each has its neighbours.
        float[] kinks = [0, 0.5f, 1, -1];
        float[] x =
        [
            .. kinks.SelectMany(k => new[] { k - 1e-6f, k, k + 1e-6f }),
            .. Enumerable.Range(-400, 801).Select(i => i * 0.03125f),
            -0f, 100, -100, float.MaxValue, float.MinValue,
            float.PositiveInfinity, float.NegativeInfinity, float.NaN,
        ];
        RequireSame(isa, new ActivationLayer(1, new Activation(kind, 0.5f, 0.5f)), x);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_bound_of_a_clip_is_inside(InstructionSet isa)
    {
        InstructionSets.Use(isa);
        RecurrentLayer layer = new(
            new SimpleRnnSpecification { InputSize = 1, HiddenSize = 1, Clip = 1, Activation = Activation.Identity },
            new CellWeights([1f], [0f]));
        float[] dx = RequireSame(isa, layer, [1, -1, MathF.BitIncrement(1), MathF.BitDecrement(-1), 0, 5, -5]);
        Assert.Equal([1, 1, 0, 0, 1, 0, 0], dx);
    }

    private static float[] RequireSame(InstructionSet isa, Layer layer, float[] x)
    {
        ModelDefinition definition = new([layer]);
        float[] ones = [.. x.Select(_ => 1f)];
        float[] actual = new float[x.Length];
        float[] expected = new float[x.Length];
        GradientBatch<float> batch = new() { X = x, Time = 1, Batch = x.Length };
        using GradientSession session = GradientSession.Open(definition, new() { InstructionSet = isa });
        session.Forward(batch, new float[x.Length]);
        session.Backward(ones, dx: actual);
        var reference = ReferenceGradientSession<float>.Open(definition);
        reference.Forward(batch, new float[x.Length]);
        reference.Backward(ones, dx: expected);
        for (int i = 0; i < x.Length; i++)
        {
            Assert.True(
                expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= 5e-7f,
                $"slope at {x[i]:R}: expected {expected[i]:R}, found {actual[i]:R}.");
        }

        return actual;
    }
}
