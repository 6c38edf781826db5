using Recurrent.Layers;
using Recurrent.Tests.Support;
using Xunit.Sdk;

namespace Recurrent.Tests.Parity;

/// <summary>What gradients are judged by: it refuses what is wrong, and only that.</summary>
public sealed class GradientRuleTests
{
    private static readonly SequenceCase Plain = new()
    {
        Seed = 3,
        InputSize = 4,
        Batch = 3,
        Time = 20,
        InitialState = true,
        Layers = [new LayerCase { Cell = CellKind.Lstm, Size = 9 }, new LayerCase { Cell = CellKind.Dense, Size = 2 }],
    };

    /// <summary>
    /// Found by a random test. An update gate of -1 to 1, not 0 to 1: what one rounding moves grows from step to step.
    /// Outputs in float and in double have nothing in common after some hundred, and a gradient of 3e15 in the first layer
    /// is anything from 4e10 to 3e21, of either sign, in models that are a rounding away.
    /// </summary>
    private static readonly SequenceCase Chaotic = new()
    {
        Seed = 1651482828,
        InputSize = 6,
        Time = 644,
        InitialState = true,
        Layers =
        [
            new LayerCase { Cell = CellKind.SimpleRnn, Size = 2 },
            new LayerCase { Cell = CellKind.Residual, InputBias = false, RecurrentBias = false },
            new LayerCase
            {
                Cell = CellKind.Gru,
                Size = 2,
                TrainedState = true,
                Direction = Direction.Bidirectional,
                Activations = new(
                    new Activation(ActivationKind.Tanh, 1.0319445f, 0.5403557f),
                    new Activation(ActivationKind.Elu, 0.6496927f, 0.66917837f),
                    new Activation(ActivationKind.ScaledTanh, 0.3190684f, 0.41211218f)),
            },
        ],
    };

    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_chaotic_model_is_judged_by_the_reference_that_has_its_outputs(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        GradientData data = new(Chaotic);
        using GradientSession session = data.Open(isa);
        GradientRule rule = new(data, session.Blocks, hasSameOutputs: true);
        Gradients<float> gradients = data.Compute(session);

        Assert.False(rule.Require(gradients, "chaotic"));
        Gradients<float> wrong = OfFirstLayer(gradients, session.Blocks, 1.01f);
        Assert.ThrowsAny<XunitException>(() => rule.Require(wrong, "1 % more"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_chaotic_model_of_other_outputs_proves_nothing(bool half)
    {
        GradientData data = new(Chaotic);
        using GradientSession session = data.Open();
        GradientRule rule = new(data, session.Blocks, hasSameOutputs: false);

        Assert.False(rule.Require(OfFirstLayer(data.Compute(session), session.Blocks, half ? 0.5f : 1e6f), "elsewhere"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_thousandth_more_in_any_part_is_wrong(bool hasSameOutputs)
    {
        GradientData data = new(Plain);
        using GradientSession session = data.Open();
        GradientRule rule = new(data, session.Blocks, hasSameOutputs);
        Gradients<float> right = data.Compute(session);

        Assert.True(rule.Require(right, "right"));
        foreach (ParameterBlock block in session.Blocks)
        {
            float[] wrong = [.. right.Parameters];
            Span<float> part = wrong.AsSpan(block.Offset, block.Length);
            part[part.IndexOf(Largest(part))] *= 1.001f;
            Assert.ThrowsAny<XunitException>(() => rule.Require(right with { Parameters = wrong }, $"{block}"));
        }

        float[] x = [.. right.X.Select(value => value * 1.001f)];
        Assert.ThrowsAny<XunitException>(() => rule.Require(right with { X = x }, "input"));
        float[] states = [.. right.States.Select(value => value * 1.001f)];
        Assert.ThrowsAny<XunitException>(() => rule.Require(right with { States = states }, "states"));
        float[] lost = [.. right.X];
        lost[^1] = float.NaN;
        Assert.ThrowsAny<XunitException>(() => rule.Require(right with { X = lost }, "NaN"));
    }

    /// <summary>The one that is furthest from 0.</summary>
    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
        {
            largest = Math.Abs(value) > Math.Abs(largest) ? value : largest;
        }

        return largest;
    }

    private static Gradients<float> OfFirstLayer(
        Gradients<float> gradients, IReadOnlyList<ParameterBlock> blocks, float factor)
    {
        float[] parameters = [.. gradients.Parameters];
        foreach (ParameterBlock block in blocks.Where(block => block.Layer == 0))
        {
            for (int i = 0; i < block.Length; i++)
            {
                parameters[block.Offset + i] *= factor;
            }
        }

        return gradients with { Parameters = parameters };
    }
}
