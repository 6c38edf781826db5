using Recurrent.Layers;
using static Recurrent.Formats.Tests.Keras.H5Model;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>A mask goes through some layers of Keras, is used by some, and others ignore it.</summary>
public sealed class KerasMaskTests
{
    private const string Rnn = "\"units\": 2, \"use_bias\": false, \"return_sequences\": true";

    private static readonly string Masking = Layer("Masking", "mask", "\"mask_value\": 0.0, \"batch_input_shape\": [null, 6, 2]");

    [Theory]
    [InlineData("GlobalMaxPooling1D", "")]
    [InlineData("MaxPooling1D", "\"pool_size\": [2]")]
    [InlineData("AveragePooling1D", "\"pool_size\": [2]")]
    [InlineData("Conv1D", "\"filters\": 2, \"kernel_size\": [1], \"padding\": \"causal\"")]
    [InlineData("Flatten", "")]
    [InlineData("Reshape", "\"target_shape\": [3, 4]")]
    [InlineData("Softmax", "\"axis\": -1")]
    [InlineData("Normalization", "\"axis\": -1")]
    [InlineData("Rescaling", "\"scale\": 2.0")]
    public void A_layer_that_ignores_the_mask_is_refused(string kind, string fields)
    {
        Hdf5Group root = Sequential("2.15.0", Masking, Layer("SimpleRNN", "r", Rnn), Layer(kind, "next", fields)).Rnn("r", 2, 2);

        Assert.Contains($"layer 'next': a mask reaches {kind}, which ignores it", Refusal(root), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GlobalMaxPooling1D", "")]
    [InlineData("Flatten", "")]
    [InlineData("Softmax", "\"axis\": -1")]
    public void Behind_the_last_step_there_is_no_mask(string kind, string fields)
    {
        Hdf5Group root = Sequential(
            "2.15.0", Masking, Layer("SimpleRNN", "r", "\"units\": 2, \"use_bias\": false"), Layer("RepeatVector", "n", "\"n\": 2"),
            Layer(kind, "next", fields)).Rnn("r", 2, 2);

        // The model is refused for its steps, and not for what Keras does with masks.
        Assert.DoesNotContain("a mask reaches", Refusal(root), StringComparison.Ordinal);
    }

    [Fact]
    public void The_mean_is_that_of_the_steps_that_are_there()
    {
        Hdf5Group root = Sequential(
            "2.15.0", Masking, Layer("SimpleRNN", "r", Rnn), Layer("Dropout", "d"),
            Layer("LayerNormalization", "n", "\"center\": false"), Layer("GlobalAveragePooling1D", "mean"))
            .Rnn("r", 2, 2).Weights("n", ("gamma", [2]));

        ModelDefinition found = Load(root).Definition;

        Assert.Equal(
            [typeof(RecurrentLayer), typeof(LayerNormalizationLayer), typeof(MeanOverTimeLayer)],
            found.Layers.Select(layer => layer.GetType()));
        Assert.Equal(new Masking { Value = 0 }, found.Masking);
        Assert.Equal(ValueKind.Row, found.Outputs[0].Kind);
    }

    [Theory]
    [InlineData("2.15.0", false)]
    [InlineData("3.15.1", false)]
    [InlineData("3.16.0", true)]
    public void Since_Keras_3_16_a_mask_ends_at_a_recurrent_layer(string version, bool ends)
    {
        Hdf5Group mean = Sequential(
            version, Masking, Layer("SimpleRNN", "r", Rnn), Layer("GlobalAveragePooling1D", "mean")).Rnn("r", 2, 2);
        Hdf5Group stack = Sequential(
            version, Masking, Layer("SimpleRNN", "r", Rnn), Layer("SimpleRNN", "s", Rnn)).Rnn("r", 2, 2).Rnn("s", 2, 2);
        Hdf5Group distributed = Sequential(
            version, Masking,
            Layer("TimeDistributed", "t", $"\"layer\": {Layer("Activation", "a", "\"activation\": \"relu\"")}"),
            Layer("SimpleRNN", "r", Rnn)).Rnn("r", 2, 2);

        if (ends)
        {
            Assert.Contains("layer 'mean': the mask ends at 'r'", Refusal(mean), StringComparison.Ordinal);
            Assert.Contains("layer 's': the mask ends at 'r'", Refusal(stack), StringComparison.Ordinal);
            Assert.Contains("layer 'r': the mask ends at 't'", Refusal(distributed), StringComparison.Ordinal);
        }
        else
        {
            Assert.All([mean, stack, distributed], root => Assert.NotNull(Load(root).Definition.Masking));
        }
    }
}
