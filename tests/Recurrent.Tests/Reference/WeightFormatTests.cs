using FsCheck.Fluent;
using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Reference;

/// <summary>Weights that are rounded: their values, and what is computed with them.</summary>
public sealed class WeightFormatTests
{
    private const float Largest = float.MaxValue;

    public static TheoryData<WeightFormat> Rounded => new(RandomFormats.Rounded);

    [Theory]
    [InlineData(1.0f, 1.0f)]
    [InlineData(1.00390625f, 1.0f)] // 1 + 2^-8, half way: to even
    [InlineData(1.01171875f, 1.015625f)] // 1 + 3 2^-8, half way: to even
    [InlineData(1.00390637f, 1.0078125f)]
    [InlineData(-1.00390637f, -1.0078125f)]
    [InlineData(-0.0f, 0.0f)]
    [InlineData(1e-40f, 0.0f)]
    [InlineData(3.3895314e38f, 3.3895314e38f)]
    [InlineData(float.NaN, float.NaN)]
    public void A_half_float_is_the_nearest_one(float weight, float rounded) => Assert.Equal(
        BitConverter.SingleToInt32Bits(rounded),
        BitConverter.SingleToInt32Bits(Kernel(Dense([weight]).Rounded(WeightFormat.Float32, All(WeightFormat.BFloat16)))[0]));

    /// <summary>Every row is the contract's, and its values have the two properties that the contract wants.</summary>
    [Fact]
    public void Packed_rows_are_those_of_the_contract() => Property.Check(
        Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
        2000,
        seed =>
        {
            float[] row = RandomRow(new Random(seed));
            Int8Contract.Row expected = Int8Contract.Pack(row);
            Int8Matrix packed = Int8Matrix.Pack(row, 1, row.Length);
            Assert.Equal(expected.Scale, packed.Scales[0]);
            Assert.Equal(expected.Integers, packed.Values.ToArray().Select(value => (int)value));
            float[] values = packed.ToFloats();
            Assert.All(
                values.Select((value, k) => (value, k)),
                at => Assert.Equal((double)packed.Scales[0] * packed.Values[at.k], at.value));
            Assert.Equal(values, Int8Matrix.Pack(values, 1, row.Length).ToFloats());
        });

    [Fact]
    public void Multiples_of_a_power_of_two_are_kept()
    {
        float[] weights = [-128, 127, 3, 0, -1, 1.5f, -0.25f, 0.125f];
        Int8Matrix packed = Int8Matrix.Pack(weights, 2, 4);
        Assert.Equal([1, 1 / 64f], packed.Scales.ToArray());
        Assert.Equal([-128, 127, 3, 0, -64, 96, -16, 8], packed.Values.ToArray());
        Assert.Equal(weights, packed.ToFloats());
    }

    [Fact]
    public void A_row_of_one_value_is_kept_and_a_row_of_tiny_ones_has_the_least_scale()
    {
        float[] weights = [-2.5f, -2.5f, 0, 0, 1e-20f, -1e-20f];
        Int8Matrix packed = Int8Matrix.Pack(weights, 3, 2);
        Assert.Equal([-2.5f, -2.5f, 0, 0, 0, 0], packed.ToFloats());
        Assert.Equal(MathF.ScaleB(1, -47), packed.Scales[1]);
        Assert.InRange(packed.Scales[2], MathF.ScaleB(1, -47), MathF.ScaleB(1, -46));
    }

    [Theory]
    [InlineData(WeightFormat.Int8, float.NaN, "layers[0].Forward.InputWeights: expected finite weights for 8-bit integers, found NaN in row 1, column 0.")]
    [InlineData(WeightFormat.Int8With8BitInputs, float.NegativeInfinity, "found -Infinity in row 1, column 0.")]
    [InlineData(WeightFormat.Int8, Largest, "expected weights so small that 127 times the scale of their row is finite, found 3.4028235E+38 in row 1.")]
    [InlineData(WeightFormat.BFloat16, Largest, "layers[0].Forward.InputWeights: expected weights that are finite in BFloat16, found 3.4028235E+38 in row 1, column 0, which rounds to infinity.")]
    public void A_weight_that_has_no_value_is_refused_by_its_place(WeightFormat format, float weight, string message)
    {
        ModelDefinition definition = Dense([1, 2, weight, 3], outputs: 2);
        Assert.Contains(
            message,
            Assert.ThrowsAny<ArgumentException>(() => definition.Rounded(WeightFormat.Float32, All(format))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            message,
            Assert.ThrowsAny<ArgumentException>(
                () => ReferenceModel<float>.Create(definition, WeightFormat.Float32, All(format))).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Sums of one block, of its last term, of the first one behind it, and of several.</summary>
    [Theory]
    [InlineData(WeightFormat.Int8, short.MaxValue)]
    [InlineData(WeightFormat.Int8With8BitInputs, sbyte.MaxValue)]
    public void Products_are_those_of_the_contract(WeightFormat format, int largestInteger)
    {
        foreach (int length in new[] { 1, 3, 5, 511, 512, 513, 1024, 2300 })
        {
            Random random = new(length);
            float[] weights = RandomRow(random, length);
            float[] bias = [random.NextSingle() - 0.5f];
            ModelDefinition definition = Dense(weights, bias: bias);
            ReferenceModel<float> model = ReferenceModel<float>.Create(definition, WeightFormat.Float32, All(format));
            Int8Contract.Row row = Int8Contract.Pack(weights);
            for (int attempt = 0; attempt < 20; attempt++)
            {
                float[] x = RandomRow(random, length);
                Bits.RequireSame(
                    [Int8Contract.Chain(bias[0], row, [.. x.Select(Flushed)], largestInteger)],
                    model.Predict(x, 1, 1),
                    $"{format}, {length} terms",
                    1);
            }
        }
    }

    /// <summary>The largest sum of a block: rows of -128 with inputs that are all the largest.</summary>
    [Fact]
    public void The_largest_sum_of_a_block_is_exact()
    {
        float[] x = [.. Enumerable.Repeat(3f, 512)];
        ModelDefinition definition = Dense([.. Enumerable.Repeat(-128f, 512)]);
        float scale = 3 / 32767f;
        Assert.Equal(
            [MathF.FusedMultiplyAdd(-(512f * 128 * 32767), scale, 0)],
            ReferenceModel<float>.Create(definition, WeightFormat.Float32, All(WeightFormat.Int8)).Predict(x, 1, 1));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void One_value_that_is_not_finite_reaches_all_units_of_its_row_and_step_alone(float value)
    {
        ReferenceModel<float> model = ReferenceModel<float>.Create(
            Dense([1, 2, 3, 4], outputs: 2), WeightFormat.Float32, All(WeightFormat.Int8));
        float[] x = [1, 1, value, 1, 2, 2];
        float[] y = model.Predict(x, 3, 1);
        Assert.Equal(4, y.Count(float.IsFinite));
        Assert.True(float.IsNaN(y[2]) && float.IsNaN(y[3]));
        Assert.Equal(model.Predict([1, 1], 1, 1), y[..2]);
    }

    /// <summary>A bf16 model is the float model of its rounded weights: everything that a model can be.</summary>
    [Fact]
    public void Half_floats_give_the_outputs_of_the_rounded_model() => Property.Check(
        GraphCases.Arbitrary(layers: 8, time: 6, batch: 4),
        150,
        @case =>
        {
            ModelDefinition definition = RandomGraphs.Create(@case);
            IReadOnlyDictionary<int, LayerOptions> layers = EveryMatrix(definition, WeightFormat.BFloat16);
            GraphData plain = new(@case);
            float[][] expected = Predict(
                ReferenceModel<float>.Create(definition.Rounded(WeightFormat.BFloat16, layers)), plain);
            plain.RequireSame(
                expected, Predict(ReferenceModel<float>.Create(definition, WeightFormat.BFloat16, layers), plain), $"{@case}");
        });

    /// <summary>Rounding twice changes nothing, and neither do the outputs of the format if the weights were rounded.</summary>
    [Theory]
    [MemberData(nameof(Rounded))]
    public void Rounding_again_changes_nothing(WeightFormat format) => Property.Check(
        GraphCases.Arbitrary(layers: 8, time: 6, batch: 4),
        100,
        @case =>
        {
            GraphData data = new(@case with { Weights = format });
            ModelDefinition rounded = data.Definition.Rounded(format, data.LayerOptions);
            Assert.Equal(
                ParameterBlocks.Gather(rounded).Select(BitConverter.SingleToInt32Bits),
                ParameterBlocks.Gather(rounded.Rounded(format, data.LayerOptions)).Select(BitConverter.SingleToInt32Bits));
            data.RequireSame(
                Predict(data.Reference, data),
                Predict(ReferenceModel<float>.Create(rounded, format, data.LayerOptions), data),
                $"{@case}");
        });

    [Fact]
    public void The_format_of_a_model_means_its_recurrent_layers()
    {
        RandomFloats random = new(1);
        ModelDefinition definition = new([
            new LayerCase { Cell = CellKind.Convolution, Size = 4 }.Create(3, random),
            new LayerCase { Cell = CellKind.Lstm, Size = 5, Projection = 3, Peephole = true }.Create(4, random),
            new LayerCase { Cell = CellKind.Dense, Size = 2 }.Create(3, random)]);
        ModelDefinition rounded = definition.Rounded(WeightFormat.Int8);
        Assert.Same(definition.Layers[0], rounded.Layers[0]);
        Assert.Same(definition.Layers[2], rounded.Layers[2]);
        CellWeights before = ((RecurrentLayer)definition.Layers[1]).Forward!;
        CellWeights after = ((RecurrentLayer)rounded.Layers[1]).Forward!;
        Assert.Equal(Int8Matrix.Pack(before.InputWeights.Span, 20, 4).ToFloats(), after.InputWeights.ToArray());
        Assert.Equal(Int8Matrix.Pack(before.RecurrentWeights.Span, 20, 3).ToFloats(), after.RecurrentWeights.ToArray());
        Assert.Equal(Int8Matrix.Pack(before.Projection.Span, 3, 5).ToFloats(), after.Projection.ToArray());
        Assert.Equal(before.InputBias.ToArray(), after.InputBias.ToArray());
        Assert.Equal(before.Peephole.ToArray(), after.Peephole.ToArray());
    }

    [Fact]
    public void Raw_features_may_stay_floats()
    {
        ModelDefinition definition = new([
            new RecurrentLayer(
                new SimpleRnnSpecification { InputSize = 2, HiddenSize = 2 },
                new CellWeights([1e-5f, 0.7f, -1e-5f, 0.3f], [0.3f, -0.7f, 0.11f, 0.9f]))]);
        Dictionary<int, LayerOptions> layers = new() { [0] = new() { InputWeights = WeightFormat.Float32 } };
        ModelDefinition rounded = definition.Rounded(WeightFormat.Int8, layers);
        CellWeights before = ((RecurrentLayer)definition.Layers[0]).Forward!;
        CellWeights after = ((RecurrentLayer)rounded.Layers[0]).Forward!;
        Assert.Equal(before.InputWeights.ToArray(), after.InputWeights.ToArray());
        Assert.NotEqual(before.RecurrentWeights.ToArray(), after.RecurrentWeights.ToArray());
        // Pressure beside humidity: with one scale for both the second feature would be lost.
        float[] x = [101325, 0.25f];
        float[] other = [101325, 0.5f];
        ReferenceModel<float> apart = ReferenceModel<float>.Create(definition, WeightFormat.Int8, layers);
        ReferenceModel<float> together = ReferenceModel<float>.Create(definition, WeightFormat.Int8);
        Assert.NotEqual(apart.Predict(x, 1, 1), apart.Predict(other, 1, 1));
        Assert.Equal(together.Predict(x, 1, 1), together.Predict(other, 1, 1));
    }

    /// <summary>The bound of docs/numerics.md, against exact arithmetic.</summary>
    [Fact]
    public void The_error_of_a_sum_is_within_its_bound() => Property.Check(
        Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
        500,
        seed =>
        {
            Random random = new(seed);
            int length = random.Next(1, 1500);
            float[] weights = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
            float[] x = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
            double exact = weights.Zip(x, (w, value) => (double)w * value).Sum();
            float y = ReferenceModel<float>.Create(Dense(weights), WeightFormat.Float32, All(WeightFormat.Int8)).Predict(x, 1, 1)[0];
            Int8Matrix packed = Int8Matrix.Pack(weights, 1, length);
            double inputScale = x.Max(MathF.Abs) / 32767.0;
            double blocks = ((length + 511) / 512) * Math.Pow(2, -24) * packed.Scales[0] * inputScale * 512 * 128 * 32767;
            double bound = (0.506 * inputScale * packed.ToFloats().Sum(value => Math.Abs((double)value)))
                + (0.5 * packed.Scales[0] * x.Sum(value => Math.Abs((double)value))) + blocks;
            Assert.InRange(Math.Abs(y - exact), 0, bound);
        });

    [Fact]
    public void In_doubles_the_integers_are_the_same_and_nothing_else_is_rounded()
    {
        float[] weights = [0.3f, -0.7f, 0.11f];
        ModelDefinition definition = Dense(weights);
        Int8Matrix packed = Int8Matrix.Pack(weights, 1, 3);
        double[] x = [0.9, -0.35, 0.001];
        double scale = 0.9 / 32767;
        double expected = x.Select((value, k) => packed.Values[k] * Math.Round(value / scale)).Sum() * packed.Scales[0] * scale;
        double y = ReferenceModel<double>.Create(definition, WeightFormat.Float32, All(WeightFormat.Int8)).Predict(x, 1, 1)[0];
        Assert.Equal(expected, y, 1e-15);
    }

    private static float Flushed(float value) => MathF.Abs(value) < 1.17549435e-38f ? 0 : value;

    private static float[][] Predict(ReferenceModel<float> model, GraphData data) =>
        model.Predict(data.Inputs, data.Case.Batch, data.Case.Time, data.Mask, data.Case.Layout);

    private static Dictionary<int, LayerOptions> All(WeightFormat format) => new() { [0] = new() { Weights = format } };

    private static Dictionary<int, LayerOptions> EveryMatrix(ModelDefinition definition, WeightFormat format) =>
        Enumerable.Range(0, definition.Layers.Count)
            .Where(layer => definition.Layers[layer] is RecurrentLayer or DenseLayer or ConvolutionLayer)
            .ToDictionary(layer => layer, _ => new LayerOptions { Weights = format });

    private static ModelDefinition Dense(float[] kernel, int outputs = 1, float[]? bias = null) => new([
        new DenseLayer(
            new DenseSpecification { InputSize = kernel.Length / outputs, OutputSize = outputs },
            new DenseWeights(kernel, bias ?? []))]);

    private static float[] Kernel(ModelDefinition definition) =>
        ((DenseLayer)definition.Layers[0]).Weights.Kernel.ToArray();

    /// <summary>Values of many sizes, and among them what is special to integers.</summary>
    private static float[] RandomRow(Random random, int length = 0)
    {
        float scale = MathF.ScaleB(1 + random.NextSingle(), random.Next(-60, 40));
        length = length > 0 ? length : random.Next(1, 40);
        int kind = random.Next(5);
        return
        [
            .. Enumerable.Range(0, length).Select(_ => kind switch
            {
                // Multiples of a power of two.
                0 => MathF.ScaleB(random.Next(-128, 128), random.Next(1) - 7),
                1 => MathF.ScaleB(-random.Next(129), 5),
                _ => random.Next(10) switch
                {
                    0 => 0.0f,
                    1 => 1e-41f,
                    2 => -scale,
                    _ => scale * ((2 * random.NextSingle()) - 1),
                },
            }),
        ];
    }
}
