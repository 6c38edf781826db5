using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Reference;

/// <summary>Layers without state, residual connections and initial states against numbers worked out by hand.</summary>
public sealed class HandComputedLayerTests
{
    private const float Denormal = 1e-40f;

    [Fact]
    public void An_activation_layer_is_its_formula() =>
        Require([0, 0.5f, 2], [-3, 0.5f, 2], new ActivationLayer(3, Activation.Relu));

    [Fact]
    public void A_softmax_is_the_share_of_each_exponential()
    {
        double sum = Math.Exp(-1) + 1 + Math.Exp(-3);
        double[] y = new double[3];
        ReferenceModel<double>.Create(new SoftmaxLayer(3)).OpenSession().Step([1.0, 2, -1], y);
        Assert.Equal([Math.Exp(-1) / sum, 1 / sum, Math.Exp(-3) / sum], y);
        Require([0.5f, 0.5f, 0, 0.25f, 0.25f, 0.5f], [0, 0, -200, 1, 1, 1 + MathF.Log(2)], new SoftmaxLayer(3), 1e-6f);
    }

    [Fact]
    public void A_softmax_takes_what_a_plain_exponential_does_not() =>
        Require([0.5f, 0.5f, 0], [3e38f, 3e38f, float.NegativeInfinity], new SoftmaxLayer(3));

    [Fact]
    public void A_softmax_of_NaN_or_of_the_difference_of_infinities_is_NaN()
    {
        SoftmaxLayer softmax = new(3);
        const float Infinity = float.PositiveInfinity;
        const float NaN = float.NaN;
        Require([NaN, NaN, NaN], [NaN, 1, 2], softmax);
        Require([NaN, NaN, NaN], [1, 2, NaN], softmax);
        Require([NaN, NaN, NaN], [1, Infinity, 2], softmax);
        Require([NaN, NaN, NaN], [-Infinity, -Infinity, -Infinity], softmax);
    }

    [Fact]
    public void A_softmax_adds_from_the_first_feature_to_the_last()
    {
        // 1 + 2^-25 eight times is 1 in fp32, the other way around it is not.
        float[] small = [.. Enumerable.Repeat(-25 * MathF.Log(2), 8)];
        SoftmaxLayer softmax = new(9);
        Assert.Equal(1, Run([0, .. small], softmax)[0]);
        Assert.True(Run([.. small, 0], softmax)[8] < 1);
    }

    [Fact]
    public void A_scale_is_one_rounding()
    {
        Require([7, -5.5f], [3, 2], new ScaleLayer([2, -3], [1, 0.5f]));
        Require([6, -6], [3, 2], new ScaleLayer([2, -3]));
        // (1 + 2^-12)^2 - 1: a rounded product would lose the 2^-24.
        float x = 1 + (1 / 4096f);
        Require([(2 / 4096f) + (1 / 16777216f)], [x], new ScaleLayer([x], [-1]));
    }

    [Fact]
    public void A_scale_without_offsets_adds_plus_zero()
    {
        float[] y = Run([-0f, 0f], new ScaleLayer([1, -1]));
        Bits.RequireSame([0f, 0f], y, "products of -0", 2);
    }

    [Fact]
    public void An_embedding_is_the_row_of_its_table()
    {
        EmbeddingLayer layer = new(
            new EmbeddingSpecification { InputSize = 3, OutputSize = 2 }, [1, 2, 3, Denormal, 5, -0f]);
        ReferenceSession<float> session = ReferenceModel<float>.Create(layer).OpenSession(2);
        float[] y = new float[4];
        int[] indices = [2, 1];
        session.StepIndices(indices, y);
        Bits.RequireSame([5, 0f, 3, 0f], y, "rows 2 and 1", 2);
        float[] sequence = new float[8];
        indices = [0, 1, 2, 0];
        session.RunIndices(indices, sequence, 2, [2, 1], SequenceLayout.BatchMajor);
        Assert.Equal([1, 2, 3, 0, 5, 0, 0, 0], sequence);
    }

    [Fact]
    public void A_residual_connection_adds_the_first_features_of_what_a_layer_took_in()
    {
        DenseLayer sum = new(
            new DenseSpecification { InputSize = 3, OutputSize = 1 }, new DenseWeights([1, 1, 1]));
        Require([6 + 1, 60 + 10], [1, 2, 3, 10, 20, 30], ResidualLayer.Around(sum));
        // Around two layers; then around the first connection as well.
        ScaleLayer twice = new([2]);
        Require([12 + 1], [1, 2, 3], ResidualLayer.Around(sum, twice));
        Layer outer = new ResidualLayer(new ResidualSpecification { InputSize = 1, Span = 1 });
        Require([13 + 12], [1, 2, 3], [.. ResidualLayer.Around(sum, twice), outer]);
    }

    [Fact]
    public void A_residual_connection_adds_what_was_read_without_denormals()
    {
        ScaleLayer twice = new([2]);
        // Twice a denormal that was removed, plus it.
        Bits.RequireSame([0f], Run([Denormal], ResidualLayer.Around(twice)), "a denormal", 1);
        // What the layer before puts out is removed as it is read, what the last one puts out is not.
        ScaleLayer small = new([1e-10f]);
        Bits.RequireSame([1e-30f], Run([1e-30f], ResidualLayer.Around(small)), "a denormal product", 1);
        float[] last = Run([1e-30f], small);
        Assert.Equal(1e-30f * 1e-10f, last[0]);
        Assert.NotEqual(0, last[0]);
    }

    [Fact]
    public void A_pointwise_layer_reads_no_denormals()
    {
        Bits.RequireSame([0f], Run([Denormal], new ActivationLayer(1, Activation.Identity)), "identity", 1);
        Bits.RequireSame([0f], Run([1e10f], new ScaleLayer([Denormal])), "a denormal factor", 1);
        Bits.RequireSame([0f], Run([0], new ScaleLayer([1], [Denormal])), "a denormal offset", 1);
    }

    [Fact]
    public void A_sequence_starts_from_the_trained_states_and_a_reset_goes_back_to_them()
    {
        LstmSpecification lstm = new()
        {
            InputSize = 1,
            HiddenSize = 1,
            GateActivation = Activation.Identity,
            CandidateActivation = Activation.Identity,
            OutputActivation = Activation.Identity,
        };
        // i = x, f = 1, g = h, o = 1: c' = c + x h, h' = c'.
        CellWeights weights = new([1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 1]);
        RecurrentLayer layer = new(lstm, weights.WithInitialState([3], [10]));
        ReferenceSession<float> session = ReferenceModel<float>.Create(layer).OpenSession(2);
        float[] y = new float[2];
        session.Step([1, 2], y);
        Assert.Equal([13, 16], y);
        session.Step([1, 2], y);
        Assert.Equal([26, 48], y);
        session.Reset(1, 1);
        session.Step([1, 2], y);
        Assert.Equal([52, 16], y);
        float[] states = new float[4];
        session.Reset();
        session.SaveState(states);
        Assert.Equal([3, 10, 3, 10], states);
    }

    [Fact]
    public void Each_direction_has_its_own_trained_state_without_denormals()
    {
        SimpleRnnSpecification sum = new()
        {
            InputSize = 1,
            HiddenSize = 2,
            Activation = Activation.Identity,
            Direction = Direction.Bidirectional,
        };
        CellWeights weights = new([1, 1], [1, 0, 0, 1]);
        RecurrentLayer layer = new(
            sum, weights.WithInitialState([100, Denormal]), weights.WithInitialState([1000, 2000]));
        Require([101, 1, 1003, 2003, 103, 3, 1002, 2002], [1, 2], layer);
        float[] states = new float[4];
        ReferenceModel<float>.Create(layer).OpenSession().SaveState(states);
        Bits.RequireSame([100, 0, 1000, 2000], states, "initial states", 4);
    }

    [Fact]
    public void An_empty_row_that_is_to_lose_its_state_ends_with_zero_and_not_with_the_trained_one()
    {
        SimpleRnnSpecification sum = new() { InputSize = 1, HiddenSize = 1, Activation = Activation.Identity };
        RecurrentLayer layer = new(sum, new CellWeights([1], [1]).WithInitialState([5]));
        ReferenceSession<float> session = ReferenceModel<float>.Create(layer).OpenSession(2, EmptyRow.ZeroesState);
        session.Run([1, 1], new float[2], 1, [1, 0]);
        float[] states = new float[2];
        session.SaveState(states);
        Assert.Equal([6, 0], states);
    }

    private static void Require(float[] expected, float[] x, params IReadOnlyList<Layer> layers) =>
        Bits.RequireSame(expected, Run(x, layers), "output", layers[^1].Specification.OutputSize);

    private static void Require(float[] expected, float[] x, Layer layer, float tolerance)
    {
        float[] y = Run(x, layer);
        Assert.Equal(expected.Length, y.Length);
        Assert.All(y.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, tolerance));
    }

    private static float[] Run(float[] x, params IReadOnlyList<Layer> layers)
    {
        ReferenceModel<float> model = ReferenceModel<float>.Create(layers);
        int time = x.Length / model.InputSize;
        float[] y = new float[time * model.OutputSize];
        model.OpenSession().Run(x, y, time);
        return y;
    }
}
