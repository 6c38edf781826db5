using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>What states belong to: the same for the same arithmetic, another one for any other.</summary>
public sealed class FingerprintTests
{
    private const float Denormal = 1e-40f;

    /// <summary>The documented hash; the two numbers of texts are those of its specification's own examples.</summary>
    [Fact]
    public void The_hash_is_XXH64()
    {
        Assert.Equal(0xEF46DB3751D8E999UL, HashOf([]));
        Assert.Equal(0x44BC2CF5AD770999UL, HashOf("abc"u8));
        Assert.Equal(0xFBCEA83C8A378BF1UL, HashOf("Nobody inspects the spammish repetition"u8));
        byte[] bytes = new byte[9001];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length < bytes.Length; length = (length * 9 / 8) + 1)
        {
            FingerprintHash pieces = new();
            Random random = new(length);
            for (int at = 0; at < length;)
            {
                int piece = Math.Min(random.Next(1, 3000), length - at);
                pieces.Append(bytes.AsSpan(at, piece));
                at += piece;
            }

            ulong expected = FingerprintBytes.XxHash64(bytes[..length]);
            Assert.Equal(expected, HashOf(bytes.AsSpan(0, length)));
            Assert.Equal(expected, pieces.Finish());
        }
    }

    [Fact]
    public void Weights_are_hashed_as_kernels_have_them()
    {
        float[] given = [0f, -0f, Denormal, -Denormal, 1.1754942e-38f, 1.17549435e-38f, -1.17549435e-38f, float.NaN, -float.NaN,
            float.PositiveInfinity, float.NegativeInfinity, 1.5f];
        float nan = BitConverter.UInt32BitsToSingle(0x7fc00000);
        float[] flushed = [0f, 0f, 0f, 0f, 0f, 1.17549435e-38f, -1.17549435e-38f, nan, nan,
            float.PositiveInfinity, float.NegativeInfinity, 1.5f];
        // In vectors, behind them, and across blocks.
        foreach (int repeats in new[] { 1, 3, 500 })
        {
            FingerprintHash hash = new();
            FingerprintBytes expected = new("MODL");
            hash.Append("MODL"u8);
            hash.Append(1);
            for (int i = 0; i < repeats; i++)
            {
                hash.AppendFlushed(given);
                expected.AddFloats(flushed);
            }

            Assert.Equal(expected.Hash(), hash.Finish());
        }
    }

    /// <summary>As docs/serving.md lists the bytes, so that another program finds the same numbers.</summary>
    [Fact]
    public void The_bytes_of_an_lstm_and_a_dense_layer_are_the_documented_ones()
    {
        LstmSpecification specification = new() { InputSize = 2, HiddenSize = 1, Clip = 3, CandidateActivation = Activation.Elu(0.5f) };
        CellWeights weights = new(
            [1, 2, 3, 4, 5, 6, 7, 8], [11, 12, 13, 14], [21, 22, 23, 24], [31, 32, 33, 34], [41, 42, 43], [], [], [51]);
        ModelDefinition definition = new(
            [
                new RecurrentLayer(specification, weights),
                new DenseLayer(new DenseSpecification { InputSize = 1, OutputSize = 2 }, new DenseWeights([61, 62])),
            ],
            masking: new Masking { Value = Denormal, Output = MissingOutput.Repeat });
        StateFingerprints found = StateFingerprints.Of(definition, new ModelOptions { Weights = WeightFormat.Int8 });

        FingerprintBytes model = new FingerprintBytes("MODL")
            .Add(1, (int)ValueKind.Sequence, 2)
            .Add(1, 2)
            .Add(1).AddFloats(Denormal)
            .Add(2);
        model.Add(1, 0, 2, 1, 0, 0, 0).AddFloats(3).Add(0, 0, 0, 0, 0, 0, 0, 0, 0).AddFloats(0).Add(1, 0).Add(1)
            .Add(1, 0, 0, 9).AddFloats(0.5f, 0).Add(0, 0, 0)
            .Add(1)
            .AddFloats(1, 2, 11, 52, 41)
            .AddFloats(3, 4, 12, 54, 42)
            .AddFloats(5, 6, 13, 56)
            .AddFloats(7, 8, 14, 58, 43)
            .AddFloats(0)
            .AddFloats(51);
        model.Add(4, 0, 1, 2, 0, 0, 0).AddFloats(0).Add(0, 0, 0, 0, 0, 0, 0, 0, 0).AddFloats(0).Add(1, 1).Add(1)
            .Add(0, 0, 0, 4, 0, 0, 0, 0, 0)
            .AddFloats(61, 62)
            .AddFloats(0, 0);
        Assert.Equal(model.Hash(), found.Model);
        Assert.Equal(
            new FingerprintBytes("LAYT").Add(1, 0, 0, 1, 1).Add(1, 0, 1, 1, 1).Add(-1, 0, 0, 1, 2).Hash(), found.Layout);
        Assert.Equal(new FingerprintBytes("WFMT").Add(2, 1, 2, 1).Add(0, 0, 0, 0).Hash(), found.WeightFormat);
    }

    /// <summary>Of sessions that exist: these never change.</summary>
    [Fact]
    public void Fingerprints_do_not_drift()
    {
        ModelDefinition definition = new(
            [
                Layer(CellKind.Lstm, new LayerCase { Cell = CellKind.Lstm, Size = 3, Projection = 2, Peephole = true, TrainedState = true }),
                new ActivationLayer(2, Activation.HardSigmoid()),
                Small(CellKind.Gru, 2), Small(CellKind.GruResetBefore, 3), Small(CellKind.SimpleRnn, 3), Small(CellKind.Convolution, 3),
                Small(CellKind.Scale, 3),
                new LayerNormalizationLayer(new LayerNormalizationSpecification { InputSize = 3 }),
                Small(CellKind.Dense, 3), new SoftmaxLayer(3),
            ]);
        StateFingerprints floats = StateFingerprints.Of(definition);
        StateFingerprints integers = StateFingerprints.Of(definition, new ModelOptions { Weights = WeightFormat.Int8 });
        Assert.Equal(
            "1656e08c60349d0d 6409a2b68ec3facf 61707544956b9ef0 b1c272d08eeac474",
            $"{floats.Layout:x16} {floats.Model:x16} {floats.WeightFormat:x16} {integers.WeightFormat:x16}");

        static Layer Layer(CellKind cell, LayerCase @case) => Numbered(@case.Create(2, new RandomFloats(1)));
        static Layer Small(CellKind cell, int input) =>
            Numbered(new LayerCase { Cell = cell, Size = 3 }.Create(input, new RandomFloats(1)));

        // Nothing that another version of .NET could draw otherwise.
        static Layer Numbered(Layer layer) => LayerParts.Replace(layer, (direction, role) =>
            LayerParts.Of(layer).FirstOrDefault(part => part.Direction == direction && part.Role == role) is { Values.Length: > 0 } part
                ? [.. Enumerable.Range(0, part.Values.Length).Select(i => (((i * 37) + (int)role) % 64 / 32f) - 1)]
                : []);
    }

    [Fact]
    public void A_model_has_the_fingerprints_of_its_definition_and_any_changed_weight_gives_another()
    {
        Property.Check(SequenceCases.Arbitrary(20_000, models: true), 60, @case =>
        {
            SequenceData data = new(@case with { Special = false });
            ModelOptions options = new() { Weights = data.Case.Weights, Layers = data.LayerOptions };
            StateFingerprints expected = StateFingerprints.Of(data.Definition, options);
            using (RecurrentModel model = data.CreateNative(new ModelOptions()))
            {
                Assert.Equal(expected, model.Fingerprints);
            }

            Random random = new(@case.Seed);
            for (int layer = 0; layer < data.Layers.Count; layer++)
            {
                foreach (LayerPart part in LayerParts.Of(data.Layers[layer]))
                {
                    int element = random.Next(part.Values.Length);
                    Layer changed = Change(data.Layers[layer], part, element, value => value + 1);
                    StateFingerprints other = StateFingerprints.Of(
                        data.Definition.WithLayers([.. data.Layers.Select((old, i) => i == layer ? changed : old)]), options);
                    Assert.Equal(expected.Layout, other.Layout);
                    Assert.Equal(expected.WeightFormat, other.WeightFormat);
                    bool isUsed = !IsOfCoupledGate(data.Layers[layer], part, element);
                    Assert.True(
                        isUsed == (other.Model != expected.Model), $"layer {layer}, {part.Role}[{element}], used: {isUsed}");
                }
            }
        });
    }

    [Fact]
    public void Graphs_have_the_fingerprints_of_their_definition() =>
        Property.Check(GraphCases.Arbitrary(), 40, @case =>
        {
            GraphData data = new(@case);
            using RecurrentModel model = data.CreateNative(new ModelOptions());
            Assert.Equal(
                StateFingerprints.Of(
                    data.Definition, new ModelOptions { Weights = data.Case.Weights, Layers = data.LayerOptions }),
                model.Fingerprints);
        });

    [Fact]
    public void What_does_not_change_the_arithmetic_does_not_change_the_fingerprint()
    {
        float[] w = [.. Enumerable.Range(0, 8).Select(i => i - 3.5f)];
        float[] r = [.. Enumerable.Range(0, 16).Select(i => (i - 7) / 8f)];
        float[] sum = [.. Enumerable.Range(0, 8).Select(i => (i / 4f) + 1.5f)];
        LstmSpecification lstm = new() { InputSize = 1, HiddenSize = 2 };
        StateFingerprints expected = StateFingerprints.Of(new ModelDefinition([new RecurrentLayer(lstm, new CellWeights(w, r, sum))]));

        // Biases in one or in two, initial states of zeros or none.
        Same(lstm, new CellWeights(w, r, [], sum));
        Same(lstm, new CellWeights(w, r, [.. sum.Select(value => value - 1)], [.. sum.Select(_ => 1f)]));
        Same(lstm, new CellWeights(w, r, sum, new float[8], [], [], new float[2], [Denormal, -0f]));
        // Parameters of functions that have none.
        Same(lstm with { GateActivation = new Activation(ActivationKind.Sigmoid, 0.2f, 0.5f) }, new CellWeights(w, r, sum));
        // Which cell state peepholes see that are not there.
        Same(lstm with { OutputPeephole = OutputPeephole.PreviousCell }, new CellWeights(w, r, sum));
        // Names, options of runs, and how the layers were put together.
        RecurrentLayer layer = new(lstm, new CellWeights(w, r, sum));
        Assert.Equal(expected, StateFingerprints.Of(new ModelDefinition(
            [layer], ModelOutput.LastStep, layout: SequenceLayout.BatchMajor, emptyRow: EmptyRow.ZeroesState)));
        Assert.Equal(expected, StateFingerprints.Of(new ModelDefinition(
            [ModelInput.Sequence("sound", 1)], [new LayerNode(layer, 0)], [new NamedOutput("speech", 1)])));
        Assert.Equal(expected, StateFingerprints.Of(
            new ModelDefinition([layer]), new ModelOptions { InstructionSet = InstructionSet.Scalar }));

        void Same(LstmSpecification specification, CellWeights weights) => Assert.Equal(
            expected, StateFingerprints.Of(new ModelDefinition([new RecurrentLayer(specification, weights)])));
    }

    [Fact]
    public void A_reset_after_gru_keeps_the_two_biases_of_its_candidate_apart()
    {
        GruSpecification gru = new() { InputSize = 1, HiddenSize = 1 };
        ulong one = Of(gru, [1, 2, 3], [1, 1, 1]);
        Assert.Equal(one, Of(gru, [0, 0, 3], [2, 3, 1]));
        Assert.NotEqual(one, Of(gru, [1, 2, 4], [1, 1, 0]));
        GruSpecification before = gru with { ResetAfter = false };
        Assert.NotEqual(one, Of(before, [1, 2, 3], [1, 1, 1]));
        Assert.Equal(Of(before, [1, 2, 3], [1, 1, 1]), Of(before, [2, 3, 4], []));

        static ulong Of(GruSpecification specification, float[] input, float[] recurrent) => StateFingerprints.Of(
            new ModelDefinition([new RecurrentLayer(specification, new CellWeights([1, 2, 3], [4, 5, 6], input, recurrent))])).Model;
    }

    [Fact]
    public void Residual_connections_are_what_they_add()
    {
        Layer dense = new LayerCase { Cell = CellKind.Dense, Size = 3 }.Create(3, new RandomFloats(1));
        Layer other = new LayerCase { Cell = CellKind.Dense, Size = 3 }.Create(3, new RandomFloats(2));
        ModelDefinition[] spans = [.. new[] { 1, 2 }.Select(span => new ModelDefinition(
            [dense, other, new ResidualLayer(new ResidualSpecification { InputSize = 3, Span = span })]))];
        Assert.NotEqual(StateFingerprints.Of(spans[0]).Model, StateFingerprints.Of(spans[1]).Model);
        Layer sum = new SumLayer(3);
        ulong[] sums = [.. new[] { 0, 1 }.Select(value => StateFingerprints.Of(new ModelDefinition(
            [ModelInput.Sequence("x", 3)], [new(dense, 0), new(other, 1), new(sum, 2, value)], [new("y", 3)])).Model)];
        Assert.NotEqual(sums[0], sums[1]);
    }

    [Fact]
    public void Layers_without_weights_that_they_may_have_are_those_with_the_usual_ones()
    {
        Same(
            new LayerNormalizationLayer(new LayerNormalizationSpecification { InputSize = 2 }),
            new LayerNormalizationLayer(new LayerNormalizationSpecification { InputSize = 2 }, [1, 1], [0, -0f]));
        Same(new ScaleLayer([1, 2]), new ScaleLayer([1, 2], [0, Denormal]));
        Same(
            new DenseLayer(new DenseSpecification { InputSize = 1, OutputSize = 2 }, new DenseWeights([1, 2])),
            new DenseLayer(new DenseSpecification { InputSize = 1, OutputSize = 2 }, new DenseWeights([1, 2], [0, 0])));

        static void Same(Layer first, Layer second) => Assert.Equal(
            StateFingerprints.Of(new ModelDefinition([first])), StateFingerprints.Of(new ModelDefinition([second])));
    }

    [Fact]
    public void Everything_that_changes_the_arithmetic_gives_another_model()
    {
        LayerCase cell = new() { Cell = CellKind.Lstm, Size = 4, Peephole = true };
        LayerCase gru = cell with { Cell = CellKind.Gru, Peephole = false };
        LayerCase convolution = new() { Cell = CellKind.Convolution, Size = 4, KernelSize = 3, Groups = 2 };
        Layer none = new RecurrentLayer(
            new LstmSpecification { InputSize = 4, HiddenSize = 4 }, new CellWeights(new float[64], new float[64]));
        Layer zeros = new RecurrentLayer(
            new LstmSpecification { InputSize = 4, HiddenSize = 4 },
            new CellWeights(new float[64], new float[64], peephole: new float[12]));
        ModelDefinition[] models =
        [
            Of(cell),
            Of(cell with { Clip = 1 }),
            Of(cell with { Clip = 2 }),
            Of(cell with { Coupling = GateCoupling.ForgetFromInput }),
            Of(cell with { Coupling = GateCoupling.InputFromForget }),
            Of(cell with { OutputPeephole = OutputPeephole.PreviousCell }),
            Of(cell with { Direction = Direction.Reverse }),
            Of(cell with { Activations = CellActivations.Default with { Gate = Activation.HardSigmoid() } }),
            Of(cell with { Activations = CellActivations.Default with { Gate = Activation.HardSigmoid(1 / 6f) } }),
            Of(cell with { Activations = CellActivations.Default with { Gate = Activation.HardSigmoid(0.2f, 0.25f) } }),
            Of(cell with { Activations = CellActivations.Default with { Candidate = Activation.Relu } }),
            Of(cell with { Activations = CellActivations.Default with { Output = Activation.Relu } }),
            Of(gru),
            Of(gru with { Cell = CellKind.GruResetBefore }),
            Of(gru with { Cell = CellKind.SimpleRnn }),
            new([none]), new([zeros]),
            Of(convolution),
            Of(convolution with { Groups = 4 }),
            Of(convolution with { Dilation = 2 }),
            Of(convolution with { Centered = true }),
            Of(convolution with { TrainedState = true }),
            .. new[] { 1e-5f, 1e-3f }.Select(epsilon => new ModelDefinition(
                [new LayerNormalizationLayer(new LayerNormalizationSpecification { InputSize = 4, Epsilon = epsilon })])),
            .. new[] { 0, 1 }.Select(first => new ModelDefinition(
                [new SliceLayer(new SliceSpecification { InputSize = 4, First = first, OutputSize = 2 })])),
            new([new SoftmaxLayer(4)]), new([new LogSoftmaxLayer(4)]), new([new ActivationLayer(4, Activation.Tanh)]),
            new([new SoftmaxLayer(4)], masking: new Masking()),
            new([new SoftmaxLayer(4)], masking: new Masking { Value = 0 }),
            new([new SoftmaxLayer(4)], masking: new Masking { Output = MissingOutput.Zero }),
            new([ModelInput.Row("x", 4), ModelInput.Sequence("s", 1)], [new(new SoftmaxLayer(4), 0)], [new("y", 2)]),
            new([ModelInput.Sequence("x", 4), ModelInput.Sequence("s", 1)], [new(new SoftmaxLayer(4), 0)], [new("y", 2)]),
        ];
        ulong[] all = [.. models.Select(model => StateFingerprints.Of(model).Model)];
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Assert.True(all[i] != all[j], $"models {j} and {i}");
            }
        }

        static ModelDefinition Of(LayerCase layer) => new([layer.Create(4, new RandomFloats(1))]);
    }

    [Fact]
    public void Models_with_the_same_states_have_the_same_layout()
    {
        ulong lstm = Layout(Small(CellKind.Lstm));
        Assert.Equal(lstm, Layout(Small(CellKind.Lstm, seed: 2), Small(CellKind.Dense)));
        Assert.Equal(lstm, Layout(Small(CellKind.Dense), Small(CellKind.Lstm)));
        ulong[] others =
        [
            lstm, Layout(Small(CellKind.Lstm, size: 4)), Layout(Small(CellKind.Gru)), Layout(Small(CellKind.GruResetBefore)),
            Layout(Small(CellKind.SimpleRnn)), Layout(Small(CellKind.Lstm), Small(CellKind.Gru)),
            Layout(Small(CellKind.Gru), Small(CellKind.Lstm)), Layout(Small(CellKind.Convolution)), Layout(Small(CellKind.Dense)),
            Layout(new LayerCase { Cell = CellKind.Lstm, Size = 3, Direction = Direction.Reverse }.Create(3, new RandomFloats(1))),
            StateFingerprints.Of(new ModelDefinition(
                [Small(CellKind.Lstm)], masking: new Masking { Output = MissingOutput.Repeat })).Layout,
        ];
        Assert.Equal(others.Length, others.Distinct().Count());

        static ulong Layout(params Layer[] layers) => StateFingerprints.Of(new ModelDefinition(layers)).Layout;
        static Layer Small(CellKind cell, int size = 3, int seed = 1) =>
            new LayerCase { Cell = cell, Size = size }.Create(3, new RandomFloats(seed));
    }

    [Fact]
    public void Formats_of_weights_differ_from_each_other_in_every_layer()
    {
        Layer[] layers =
        [
            new LayerCase { Cell = CellKind.Lstm, Size = 3 }.Create(3, new RandomFloats(1)),
            new LayerCase { Cell = CellKind.Dense, Size = 3 }.Create(3, new RandomFloats(1)),
        ];
        ModelOptions[] options =
        [
            .. Enum.GetValues<WeightFormat>().Select(format => new ModelOptions { Weights = format }),
            new() { Layers = new Dictionary<int, LayerOptions> { [0] = new() { InputWeights = WeightFormat.Int8 } } },
            new() { Layers = new Dictionary<int, LayerOptions> { [0] = new() { RecurrentWeights = WeightFormat.Int8 } } },
            new() { Layers = new Dictionary<int, LayerOptions> { [1] = new() { Weights = WeightFormat.Int8 } } },
        ];
        StateFingerprints[] all = [.. options.Select(option => StateFingerprints.Of(new ModelDefinition(layers), option))];
        Assert.Equal(all.Length, all.Select(found => found.WeightFormat).Distinct().Count());
        Assert.Single(all.Select(found => found.Model).Distinct());
        Assert.Single(all.Select(found => found.Layout).Distinct());
    }

    [Fact]
    public void A_definition_is_needed_and_options_are_checked()
    {
        Assert.Equal("definition", Assert.Throws<ArgumentNullException>(() => StateFingerprints.Of(null!)).ParamName);
        Assert.Throws<ArgumentException>(() => StateFingerprints.Of(
            new ModelDefinition([new SoftmaxLayer(2)]),
            new ModelOptions { Layers = new Dictionary<int, LayerOptions> { [0] = new() { Weights = WeightFormat.Int8 } } }));
    }

    private static ulong HashOf(ReadOnlySpan<byte> bytes)
    {
        FingerprintHash hash = new();
        hash.Append(bytes);
        return hash.Finish();
    }

    private static Layer Change(Layer layer, LayerPart part, int element, Func<float, float> change) =>
        LayerParts.Replace(layer, (direction, role) =>
        {
            float[] values = [.. LayerParts.Of(layer)
                .Where(other => other.Direction == direction && other.Role == role)
                .SelectMany(other => other.Values.ToArray())];
            if (direction == part.Direction && role == part.Role)
            {
                values[element] = change(values[element]);
            }

            return values;
        });

    // Of a gate that follows from the other one.
    private static bool IsOfCoupledGate(Layer layer, LayerPart part, int element)
    {
        if (layer.Specification is not LstmSpecification { Coupling: not GateCoupling.None } lstm)
        {
            return false;
        }

        int gate = part.Role switch
        {
            ParameterRole.InputWeights or ParameterRole.RecurrentWeights => element / part.Columns / lstm.HiddenSize,
            ParameterRole.InputBias or ParameterRole.RecurrentBias or ParameterRole.Peephole => element / lstm.HiddenSize,
            _ => -1,
        };
        return gate == (lstm.Coupling == GateCoupling.ForgetFromInput ? 1 : 0);
    }
}
