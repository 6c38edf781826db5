using Recurrent.Layers;
using static Recurrent.Formats.Tests.Keras.H5Model;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>Convolutions, pooling and shapes of Keras; what TensorFlow.js computes of them is in golden/tfjs.</summary>
public sealed class KerasWindowTests
{
    [Theory]
    [InlineData("valid", 3, 1, 2, 0, 0)]
    [InlineData("same", 4, 1, 1, 1, 2)]
    [InlineData("same", 3, 1, 2, 2, 2)]
    [InlineData("causal", 3, 1, 2, 4, 0)]
    [InlineData("causal", 3, 2, 1, 2, 0)]
    [InlineData("same", 4, 2, 1, 1, 2)]
    public void Padding_follows_from_the_window(string padding, int size, int stride, int dilation, int before, int after)
    {
        ConvolutionSpecification found = Convolution(
            null, $"\"padding\": \"{padding}\", \"kernel_size\": [{size}], \"strides\": [{stride}], \"dilation_rate\": [{dilation}]", size);

        Assert.Equal(
            (size, stride, dilation, before, after),
            (found.KernelSize, found.Stride, found.Dilation, found.PaddingBefore, found.PaddingAfter));
    }

    [Theory]
    [InlineData(8, 0, 1)]
    [InlineData(9, 1, 1)]
    public void Padding_that_depends_on_the_steps_is_that_of_the_file(int steps, int before, int after)
    {
        const string Fields = "\"padding\": \"same\", \"kernel_size\": 3, \"strides\": 2";

        ConvolutionSpecification found = Convolution(steps, Fields, 3);

        Assert.Equal((before, after), (found.PaddingBefore, found.PaddingAfter));
        Assert.Contains(
            "layer 'c': padding 'same' with a window of 3 steps and strides of 2 depends on the number of steps",
            Refusal(Model(null, Fields, 3)), StringComparison.Ordinal);
    }

    /// <summary>Every number of outputs and every first step of a window, as Keras's formula has them.</summary>
    [Fact]
    public void Padding_for_any_number_of_steps_is_right_for_each()
    {
        for (int size = 1; size <= 7; size++)
        {
            for (int stride = 1; stride <= 7; stride++)
            {
                string fields = $"\"padding\": \"same\", \"kernel_size\": {size}, \"strides\": {stride}";
                if (TryConvolution(fields, size) is not { } found)
                {
                    continue;
                }

                for (int time = 1; time <= 40; time++)
                {
                    int steps = (time + stride - 1) / stride;
                    int before = Math.Max(0, ((steps - 1) * stride) + size - time) / 2;
                    Assert.Equal(before, found.PaddingBefore);
                    Assert.Equal(steps, ((time + found.PaddingBefore + found.PaddingAfter - size) / stride) + 1);
                }
            }
        }
    }

    [Fact]
    public void Groups_are_groups_and_kernels_are_turned()
    {
        Hdf5Group root = Model(null, "\"padding\": \"causal\", \"kernel_size\": [2], \"groups\": 2, \"activation\": \"selu\"", 2, inputs: 4, groups: 2);
        float[] kernel = [.. Enumerable.Range(0, 8).Select(i => ((i * 7 % 11) - 4) / 8f)];

        ModelDefinition found = Load(root).Definition;

        var convolution = (ConvolutionLayer)found.Layers[0];
        Assert.Equal((4, 2, 2), (convolution.Specification.InputSize, convolution.Specification.OutputSize, convolution.Specification.Groups));
        Assert.True(convolution.Specification.IsCausal);
        Assert.Equal(ActivationKind.Elu, convolution.Specification.Activation.Kind);
        Assert.Equal((float[])[kernel[0], kernel[2], kernel[4], kernel[6], kernel[1], kernel[3], kernel[5], kernel[7]], convolution.Weights.Kernel.ToArray());
        Assert.IsType<ScaleLayer>(found.Layers[1]);
    }

    [Theory]
    [InlineData("\"data_format\": \"channels_first\", \"kernel_size\": 2", "data_format 'channels_first' is not supported")]
    [InlineData("\"padding\": \"reflect\", \"kernel_size\": 2", "padding 'reflect' is not supported; expected valid, same, causal")]
    [InlineData("\"kernel_size\": [2, 2]", "expected a whole number from 1 to 1048576, found an array of 2")]
    [InlineData("\"kernel_size\": 2, \"groups\": 3", "expected groups that divide its 2 input features, found 3")]
    [InlineData("\"kernel_size\": 2, \"dilation_rate\": 1048576, \"filters\": 1", "expected shape [2, 2, 1], found [2, 2, 2]")]
    public void What_is_not_supported_is_refused_by_name(string fields, string reason) =>
        Assert.Contains(reason, Refusal(Model(8, fields, 2)), StringComparison.Ordinal);

    [Fact]
    public void A_window_has_to_fit_into_the_steps() => Assert.Contains(
        "layer 'c': a window of 5 steps does not fit into 4 steps", Refusal(Model(4, "\"kernel_size\": 5", 5)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Flatten", "", "layer 'next': Flatten takes a fixed number of steps, which the file does not say")]
    [InlineData("Reshape", "\"target_shape\": [4]", "Reshape takes a fixed number of steps")]
    [InlineData("Reshape", "\"target_shape\": [2, 2, 2]", "expected [features] or [steps, features]")]
    [InlineData("Reshape", "\"target_shape\": [-1, -1]", "expected [features] or [steps, features]")]
    [InlineData("Attention", "", "layer 'next': Attention is not supported: every step looks at every other one")]
    [InlineData("MultiHeadAttention", "", "MultiHeadAttention is not supported: every step looks at every other one")]
    [InlineData("TimeDistributed", "\"layer\": {\"class_name\": \"Conv1D\", \"config\": {\"name\": \"i\"}}", "TimeDistributed(Conv1D) is not supported")]
    [InlineData("LayerNormalization", "\"axis\": [1, 2]", "expected a normalization of the features, axis -1")]
    [InlineData("LayerNormalization", "\"axis\": 1", "expected a normalization of the features, axis -1")]
    [InlineData("LayerNormalization", "\"rms_scaling\": true", "rms_scaling is not supported")]
    public void Layers_without_fixed_steps(string kind, string fields, string reason)
    {
        Hdf5Group root = Sequential(
            "2.15.0",
            Layer("SimpleRNN", "r", "\"units\": 2, \"use_bias\": false, \"return_sequences\": true, \"batch_input_shape\": [null, null, 2]"),
            Layer(kind, "next", fields)).Rnn("r", 2, 2).Weights("next", ("gamma", [2]), ("beta", [2]));

        Assert.Contains(reason, Refusal(root), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.15.0")]
    [InlineData("3.5.0")]
    public void Normalization_takes_its_statistics_from_the_file(string version)
    {
        Hdf5Group root = Sequential(version, Layer("Normalization", "n", "\"axis\": [-1], \"batch_input_shape\": [null, 6, 2]"));
        root.Group("model_weights/n").Texts("weight_names", "n/mean:0", "n/variance:0", "n/count:0")
            .Set("n/mean:0", [2], 1, -2).Set("n/variance:0", [2], 4, 0).Set("n/count:0", [], 100);

        var scale = (ScaleLayer)Assert.Single(Load(root).Definition.Layers);

        Assert.Equal((float[])[0.5f, 1e7f], scale.Factors.ToArray());
        Assert.Equal((float[])[-0.5f, 2e7f], scale.Offsets.ToArray());
    }

    [Fact]
    public void Normalization_may_say_its_statistics_and_go_the_other_way()
    {
        ScaleLayer Scale(string fields) => (ScaleLayer)Assert.Single(Load(Sequential(
            "3.5.0", Layer("Normalization", "n", $"\"batch_input_shape\": [null, 6, 2], {fields}"))).Definition.Layers);

        ScaleLayer one = Scale("\"axis\": null, \"mean\": 3.0, \"variance\": 4.0");
        ScaleLayer inverse = Scale("\"axis\": -1, \"mean\": [[[1.0, 2.0]]], \"variance\": [[[4.0, 9.0]]], \"invert\": true");

        Assert.Equal([0.5f, 0.5f, -1.5f, -1.5f], (float[])[.. one.Factors.Span, .. one.Offsets.Span]);
        Assert.Equal([2, 3, 1, 2], (float[])[.. inverse.Factors.Span, .. inverse.Offsets.Span]);
    }

    [Fact]
    public void A_row_may_keep_its_axis()
    {
        Hdf5Group root = Sequential(
            "3.5.0",
            Layer("GlobalAveragePooling1D", "g", "\"keepdims\": true, \"batch_input_shape\": [null, 6, 2]"),
            Layer("Rescaling", "s", "\"scale\": 2.0, \"offset\": 1.0"));

        ModelDefinition found = Load(root).Definition;

        Assert.Equal([typeof(MeanOverTimeLayer), typeof(RepeatLayer), typeof(ScaleLayer)], found.Layers.Select(layer => layer.GetType()));
        Assert.Equal(1, found.OutputSteps(0, 6));
    }

    private static ConvolutionSpecification Convolution(int? steps, string fields, int size) =>
        ((ConvolutionLayer)Load(Model(steps, fields, size)).Definition.Layers[0]).Specification;

    private static ConvolutionSpecification? TryConvolution(string fields, int size)
    {
        try
        {
            return Convolution(null, fields, size);
        }
        catch (ModelFormatException e) when (e.Message.Contains("depends on the number of steps", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static Hdf5Group Model(int? steps, string fields, int size, int inputs = 2, int groups = 1) => Sequential(
        "3.5.0",
        Layer(
            "Conv1D", "c",
            $"\"use_bias\": false, {(fields.Contains("filters", StringComparison.Ordinal) ? "" : "\"filters\": 2, ")}{fields}, "
            + $"\"batch_input_shape\": [null, {(steps is null ? "null" : $"{steps}")}, {inputs}]"))
        .Weights("c", ("kernel", [size, inputs / groups, 2]));
}
