using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>New parameters are drawn as Keras and PyTorch draw them, and the same for the same seed.</summary>
public sealed class InitializerTests
{
    [Fact]
    public void The_generator_is_SplitMix64()
    {
        // The published test vector of the seed 1234567.
        SeededRandom random = new(1234567);
        ulong[] bits = [random.NextBits(), random.NextBits(), random.NextBits()];
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423], bits);
    }

    [Fact]
    public void A_shuffle_is_a_permutation_and_follows_from_the_seed()
    {
        int[] first = [.. Enumerable.Range(0, 50)];
        int[] second = [.. first];
        int[] third = [.. first];
        new SeededRandom(5, 1).Shuffle(first);
        new SeededRandom(5, 1).Shuffle(second);
        new SeededRandom(5, 2).Shuffle(third);
        Assert.Equal(first, second);
        Assert.NotEqual(first, third);
        Assert.Equal(Enumerable.Range(0, 50), first.Order());
    }

    [Theory]
    [InlineData(80, 20)]
    [InlineData(20, 20)]
    [InlineData(5, 9)]
    public void Orthogonal_matrices_are_orthonormal_on_their_short_side(int rows, int columns)
    {
        float[] values = new float[rows * columns];
        Initializers.Orthogonal().Fill(values, new InitializerShape(rows, columns, 1), new SeededRandom(3));
        int vectors = Math.Min(rows, columns);
        for (int a = 0; a < vectors; a++)
        {
            for (int b = 0; b < vectors; b++)
            {
                double product = Enumerable.Range(0, Math.Max(rows, columns)).Sum(i => rows >= columns
                    ? (double)values[(i * columns) + a] * values[(i * columns) + b]
                    : (double)values[(a * columns) + i] * values[(b * columns) + i]);
                Assert.Equal(a == b ? 1 : 0, product, 1e-6);
            }
        }
    }

    [Fact]
    public void Uniform_and_normal_values_have_the_variance_of_their_formula()
    {
        InitializerShape shape = new(300, 100, 64);
        Check(Initializers.GlorotUniform, 2.0 / 400, Math.Sqrt(6.0 / 400));
        Check(Initializers.GlorotNormal, 2.0 / 400, 2 * Math.Sqrt(2.0 / 400) / 0.8796);
        Check(Initializers.HeUniform, 2.0 / 100, Math.Sqrt(6.0 / 100));
        Check(Initializers.HeNormal, 2.0 / 100, 2 * Math.Sqrt(2.0 / 100) / 0.8796);
        Check(Initializers.PyTorchUniform, 1.0 / 64 / 3, 1.0 / 8);
        Check(Initializers.Uniform(0.05), 0.05 * 0.05 / 3, 0.05);

        void Check(Initializer initializer, double variance, double bound)
        {
            float[] values = new float[shape.Rows * shape.Columns];
            initializer.Fill(values, shape, new SeededRandom(11));
            Assert.Equal(variance, values.Average(value => (double)value * value), variance * 0.05);
            Assert.True(values.Max(Math.Abs) <= bound * 1.0001);
            Assert.True(values.Max(Math.Abs) > bound * 0.9);
        }
    }

    [Fact]
    public void An_LSTM_has_one_bias_with_1_at_the_forget_gate()
    {
        CellWeights weights = LayerFactory.Lstm(2, 3, new SeededRandom(1)).Forward!;
        Assert.Equal([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0], weights.InputBias.ToArray());
        Assert.True(weights.RecurrentBias.IsEmpty);
    }

    [Fact]
    public void A_GRU_has_both_biases_only_where_its_candidate_needs_them()
    {
        GruSpecification before = new() { InputSize = 2, HiddenSize = 3, ResetAfter = false };
        Assert.Equal(9, LayerFactory.Gru(2, 3, new SeededRandom(1)).Forward!.RecurrentBias.Length);
        Assert.True(LayerFactory.Create(before, new SeededRandom(1)).Forward!.RecurrentBias.IsEmpty);
    }

    [Fact]
    public void PyTorchs_scheme_has_two_biases_and_one_bound()
    {
        LstmSpecification specification = new() { InputSize = 2, HiddenSize = 16 };
        CellWeights weights =
            LayerFactory.Create(specification, new SeededRandom(1), LayerInitialization.PyTorch).Forward!;
        float[] all =
        [
            .. weights.InputWeights.Span, .. weights.RecurrentWeights.Span, .. weights.InputBias.Span, .. weights.RecurrentBias.Span,
        ];
        Assert.Equal((64 * 18) + 128, all.Length);
        Assert.InRange(all.Max(Math.Abs), 0.2f, 0.25f);
    }

    [Fact]
    public void Layers_of_a_builder_fit_each_other_and_have_numbers_of_their_own()
    {
        Sequential layers = new Sequential(4, 7).Gru(5).Dropout(0.25f).Gru(5, dropout: 0.1f).Dense(2);
        ModelDefinition definition = layers.ToDefinition(ModelOutput.EveryStep);
        Assert.Equal((4, 2), (definition.InputSize, definition.OutputSize));
        Assert.Equal([default, new LayerDropout(0.25f, 0.1f), default], layers.DropoutRates);
        CellWeights[] weights = [.. definition.Layers.OfType<RecurrentLayer>().Select(layer => layer.Forward!)];
        Assert.NotEqual(weights[0].RecurrentWeights.ToArray(), weights[1].RecurrentWeights.ToArray());
    }

    [Fact]
    public void Dropout_that_no_layer_follows_is_refused()
    {
        Sequential layers = new Sequential(4, 7).Gru(5).Dropout(0.25f);
        Assert.Contains("Dropout(0.25)", Assert.Throws<InvalidOperationException>(() => layers.Dropout(0.5f)).Message);
        Assert.Throws<InvalidOperationException>(() => layers.ToDefinition(ModelOutput.EveryStep));
        Assert.Throws<ArgumentOutOfRangeException>(() => layers.Dense(2).Dropout(1));
        Assert.Equal(2, layers.ToDefinition(ModelOutput.EveryStep).OutputSize);
    }
}
