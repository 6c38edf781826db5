using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>What else holds of native models with rounded weights; their bits are those of the parity tests.</summary>
public sealed class WeightFormatTests
{
    public static TheoryData<WeightFormat> Formats => new(RandomFormats.Rounded);

    [Theory]
    [InlineData(WeightFormat.BFloat16, 0.53)]
    [InlineData(WeightFormat.Int8, 0.27)]
    [InlineData(WeightFormat.Int8With8BitInputs, 0.27)]
    public void Packed_weights_are_a_share_of_those_in_floats(WeightFormat format, double share)
    {
        using RecurrentModel floats = Lstm(WeightFormat.Float32);
        using RecurrentModel rounded = Lstm(format);
        Assert.InRange(rounded.PackedBytes, 1, (long)(share * floats.PackedBytes));

        static RecurrentModel Lstm(WeightFormat weights) => RecurrentModel.Create(
            new ModelDefinition([new LayerCase { Cell = CellKind.Lstm, Size = 128 }.Create(128, new RandomFloats(1))]),
            new ModelOptions { Weights = weights });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Mkl_takes_floats_alone(WeightFormat format)
    {
        Exception refusal = Assert.ThrowsAny<Exception>(() => RecurrentModel.Create(
            new ModelDefinition([new LayerCase { Cell = CellKind.Lstm, Size = 8 }.Create(3, new RandomFloats(1))]),
            new ModelOptions { Weights = format, GemmProvider = GemmProvider.Mkl }).Dispose());
        Assert.True(refusal is ArgumentException or PlatformNotSupportedException or NotSupportedException, refusal.ToString());
    }

    [Theory]
    [InlineData(WeightFormat.Int8, float.NaN)]
    [InlineData(WeightFormat.Int8With8BitInputs, float.PositiveInfinity)]
    [InlineData(WeightFormat.BFloat16, float.MaxValue)]
    [InlineData(WeightFormat.BFloat16, float.NegativeInfinity)]
    public void A_weight_that_has_no_value_is_refused(WeightFormat format, float weight)
    {
        float[] weights = [.. Enumerable.Repeat(0.5f, 16)];
        weights[5] = weight;
        ModelDefinition definition = new([
            new RecurrentLayer(
                new SimpleRnnSpecification { InputSize = 4, HiddenSize = 4 }, new CellWeights(weights, new float[16]))]);
        Assert.ThrowsAny<ArgumentException>(
            () => RecurrentModel.Create(definition, new ModelOptions { Weights = format }).Dispose());
        Assert.Throws<ArgumentException>(() => definition.Rounded(format));
        Assert.Throws<ArgumentException>(() => ReferenceModel<float>.Create(definition, format));
    }
}
