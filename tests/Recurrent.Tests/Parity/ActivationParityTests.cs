using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>
/// A dense sample of all floats through every activation: native code and reference give the same bits.
/// </summary>
public sealed class ActivationParityTests
{
    // A prime, so that every bit of the significand varies; about 260,000 arguments, all exponents, both signs.
    private const uint Stride = 16_411;

    private static readonly float[] Sample =
    [
        .. Enumerable.Range(0, (int)(uint.MaxValue / Stride))
            .Select(i => BitConverter.UInt32BitsToSingle((uint)i * Stride)),
        0f, -0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    public static TheoryData<InstructionSet, ActivationKind> Functions =>
        InstructionSets.With(Enum.GetValues<ActivationKind>());

    [Theory]
    [MemberData(nameof(Functions))]
    public void Activations_equal_the_reference(InstructionSet isa, ActivationKind kind)
    {
        InstructionSets.Use(isa);
        Activation activation = new(kind, 0.75f, 1.25f);
        ActivationFunction<float, CanonicalArithmetic> reference = new(activation);
        float[] expected = Array.ConvertAll(Sample, reference.Of);
        float[] actual = new float[Sample.Length];
        ActivationFunctions.Apply(activation, Sample, actual, isa);
        Bits.RequireSame(expected, actual, $"{kind} on {isa}", 1);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Activations_work_in_place_and_at_every_length(InstructionSet isa, ActivationKind kind)
    {
        InstructionSets.Use(isa);
        Activation activation = new(kind, 0.75f, 1.25f);
        float[] x = new RandomFloats(1).Inputs(40);
        float[] expected = new float[40];
        ActivationFunctions.Apply(activation, x, expected, InstructionSet.Scalar);
        for (int length = 0; length <= 40; length++)
        {
            float[] y = (float[])x.Clone();
            ActivationFunctions.Apply(activation, y.AsSpan(0, length), y.AsSpan(0, length), isa);
            Bits.RequireSame([.. expected[..length], .. x[length..]], y, $"{kind} on {isa}, {length} elements", 1);
        }
    }

    [Fact]
    public void Overlap_and_wrong_length_are_refused()
    {
        float[] x = new float[9];
        Assert.Throws<ArgumentException>(
            "y", () => ActivationFunctions.Apply(Activation.Tanh, x.AsSpan(0, 8), x.AsSpan(1, 8)));
        Assert.Throws<ArgumentException>("y", () => ActivationFunctions.Apply(Activation.Tanh, x, new float[8]));
        Assert.Throws<ArgumentOutOfRangeException>(
            "activation", () => ActivationFunctions.Apply(new Activation((ActivationKind)99), x, x));
        Assert.Throws<ArgumentOutOfRangeException>(
            "activation", () => ActivationFunctions.Apply(Activation.Clip(1, 0.5f), x, x));
    }
}
