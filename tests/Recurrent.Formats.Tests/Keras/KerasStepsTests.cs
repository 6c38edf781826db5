using Recurrent.Layers;
using Recurrent.Reference;
using static Recurrent.Formats.Tests.Keras.H5Model;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>Layers of Keras that add, take away and multiply steps, against loops that say what Keras documents.</summary>
public sealed class KerasStepsTests
{
    private const int Steps = 5;
    private const int Features = 2;

    private static readonly float[] Input = [.. Enumerable.Range(0, Steps * Features).Select(i => ((i * 5 % 13) - 6) / 4f)];

    [Theory]
    [InlineData("\"padding\": [1, 3]", 1, 3)]
    [InlineData("\"padding\": [2, 0]", 2, 0)]
    [InlineData("\"padding\": [0, 0]", 0, 0)]
    [InlineData("\"padding\": 2", 2, 2)]
    [InlineData("\"data_format\": \"channels_last\"", 1, 1)]
    public void Padding_is_steps_of_zero(string fields, int before, int after)
    {
        float[] found = Run(Sequential("2.15.0", First("ZeroPadding1D", "p", fields, null), Layer("ReLU", "r")));

        Assert.Equal(
            [.. new float[before * Features], .. Input.Select(value => Math.Max(value, 0)), .. new float[after * Features]], found);
    }

    [Theory]
    [InlineData("\"cropping\": [1, 3]", 1, 3)]
    [InlineData("\"cropping\": [0, 4]", 0, 4)]
    [InlineData("\"cropping\": [2, 0]", 2, 0)]
    [InlineData("\"cropping\": 2", 2, 2)]
    public void Steps_at_the_ends_are_taken_away(string fields, int before, int after)
    {
        float[] found = Run(Sequential("3.5.0", First("Cropping1D", "c", fields, null)));

        Assert.Equal(Input[(before * Features)..^(after * Features)], found);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Steps_are_there_several_times(int size)
    {
        float[] found = Run(Sequential("2.15.0", First("UpSampling1D", "u", $"\"size\": {size}", Steps)));

        Assert.Equal(
            Enumerable.Range(0, Steps * size).SelectMany(step => Input.Skip(step / size * Features).Take(Features)), found);
    }

    /// <summary>Every window and stride, with what Keras leaves out at the ends.</summary>
    [Theory]
    [InlineData("valid")]
    [InlineData("same")]
    public void A_transposed_convolution_adds_up_what_each_step_gives(string padding)
    {
        for (int size = 1; size <= 7; size++)
        {
            for (int stride = 1; stride <= 4; stride++)
            {
                Hdf5Group root = Sequential("2.15.0", First(
                    "Conv1DTranspose", "t",
                    $"\"filters\": 3, \"kernel_size\": [{size}], \"strides\": [{stride}], \"padding\": \"{padding}\", \"activation\": \"relu\"", Steps))
                    .Weights("t", ("kernel", [size, 3, Features]), ("bias", [3]));

                float[] found = Run(root);

                int whole = ((Steps - 1) * stride) + size;
                int count = padding == "same" ? Steps * stride : Math.Max(whole, Steps * stride);
                int left = padding == "same" ? Math.Max(0, size - stride) / 2 : 0;
                float[] sums = new float[(Math.Max(whole, Steps * stride) + stride) * 3];
                for (int step = 0; step < Steps; step++)
                {
                    for (int tap = 0; tap < size; tap++)
                    {
                        for (int filter = 0; filter < 3; filter++)
                        {
                            for (int feature = 0; feature < Features; feature++)
                            {
                                sums[(((step * stride) + tap) * 3) + filter] +=
                                    Input[(step * Features) + feature] * Weight((((tap * 3) + filter) * Features) + feature);
                            }
                        }
                    }
                }

                float[] expected =
                    [.. Enumerable.Range(0, count * 3).Select(i => Math.Max(0, sums[(left * 3) + i] + Weight(i % 3)))];
                Assert.Equal(expected.Length, found.Length);
                Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
            }
        }
    }

    [Fact]
    public void Softmax_of_a_transposed_convolution_is_that_of_each_step()
    {
        float[] found = Run(Sequential("3.5.0", First(
            "Conv1DTranspose", "t", "\"filters\": 3, \"kernel_size\": 2, \"strides\": 2, \"activation\": \"softmax\", \"use_bias\": false", Steps))
            .Weights("t", ("kernel", [2, 3, Features])));

        Assert.Equal(2 * Steps * 3, found.Length);
        Assert.All(found.Chunk(3), step => Assert.Equal(1, step.Sum(), 1e-6));
    }

    [Fact]
    public void A_padding_in_front_of_a_convolution_is_the_convolutions_own()
    {
        Hdf5Group Model(string padding, int[] ends, string next) => Sequential(
            "2.15.0",
            First("ZeroPadding1D", "p", $"\"padding\": [{string.Join(", ", ends)}]", null),
            Layer(next, "c", next == "Conv1D"
                ? $"\"filters\": 2, \"kernel_size\": 3, \"dilation_rate\": 2, \"use_bias\": false, \"padding\": \"{padding}\"" : ""))
            .Weights("c", next == "Conv1D" ? [("kernel", [3L, Features, 2L])] : []);

        ModelDefinition causal = Load(Model("valid", [4, 0], "Conv1D")).Definition;
        var layer = (ConvolutionLayer)Assert.Single(causal.Layers);
        ModelDefinition beyond = Load(Model("valid", [5, 0], "Conv1D")).Definition;
        ModelDefinition twice = Load(Model("same", [4, 0], "Conv1D")).Definition;
        ModelDefinition other = Load(Model("valid", [4, 0], "Dropout")).Definition;

        Assert.True(layer.Specification.IsCausal);
        Assert.Equal([2, 2, 1], ((int[])[beyond.Layers.Count, twice.Layers.Count, other.Layers.Count]));
        float[] copied = Run(beyond);
        Assert.Equal(Run(causal), copied[^(Steps * 2)..]);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("null")]
    public void Steps_that_were_moved_are_added_to_those_before(string steps)
    {
        Hdf5Group root = new Hdf5Group().Text("keras_version", "2.15.0").Text(
            "model_config",
            $$$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [
              {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, {{{steps}}}, 2]}, "inbound_nodes": []},
              {"class_name": "ZeroPadding1D", "config": {"name": "p", "padding": [2, 0]}, "inbound_nodes": [[["x", 0, 0, {}]]]},
              {"class_name": "Cropping1D", "config": {"name": "c", "cropping": [0, 2]}, "inbound_nodes": [[["p", 0, 0, {}]]]},
              {"class_name": "Add", "config": {"name": "j"}, "inbound_nodes": [[["c", 0, 0, {}], ["x", 0, 0, {}]]]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["j", 0, 0]]}}
            """);
        root.Group("model_weights");

        if (steps == "null")
        {
            Assert.Contains("expected values with the same steps", Refusal(root), StringComparison.Ordinal);
            return;
        }

        ModelDefinition found = Load(root).Definition;

        Assert.Equal(Input.Select((value, i) => value + (i < 4 ? 0 : Input[i - 4])), Run(found));
        Assert.IsType<SumLayer>(found.Layers[^1]);
    }

    [Theory]
    [InlineData("Subtract")]
    [InlineData("Maximum")]
    [InlineData("Minimum")]
    public void Two_values_are_joined(string kind)
    {
        float[] found = Run(Join(kind, "[[\"a\", 0, 0, {}], [\"x\", 0, 0, {}]]"));

        IEnumerable<float> expected = Input.Select(value => kind switch
        {
            "Subtract" => Math.Max(value, 0) - value,
            "Maximum" => Math.Max(Math.Max(value, 0), value),
            _ => Math.Min(Math.Max(value, 0), value),
        });
        Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
    }

    [Theory]
    [InlineData("UpSampling1D", "\"size\": 2", "layer 'n': UpSampling1D makes 2 steps of each, which takes a fixed number of steps")]
    [InlineData("Conv1DTranspose", "\"filters\": 1, \"kernel_size\": 2, \"strides\": 2, \"use_bias\": false", "Conv1DTranspose makes 2 steps of each")]
    [InlineData("Conv1DTranspose", "\"filters\": 1, \"kernel_size\": 2, \"dilation_rate\": 2", "supported without dilation_rate and output_padding")]
    [InlineData("Conv1DTranspose", "\"filters\": 1, \"kernel_size\": 2, \"output_padding\": [1]", "supported without dilation_rate and output_padding")]
    [InlineData("ZeroPadding1D", "\"padding\": [1, 2, 3]", "expected padding as one number or two, found an array of 3")]
    [InlineData("ZeroPadding1D", "\"padding\": [-1, 2]", "expected a whole number from 0")]
    [InlineData("Conv1DTranspose", "\"filters\": 1, \"kernel_size\": 2, \"data_format\": \"channels_first\"", "data_format 'channels_first' is not supported")]
    [InlineData("TimeDistributed", "\"layer\": {\"class_name\": \"UpSampling1D\", \"config\": {\"name\": \"i\"}}", "TimeDistributed(UpSampling1D) is not supported")]
    public void What_cannot_be_done_is_refused_by_name(string kind, string fields, string reason) => Assert.Contains(
        reason,
        Refusal(Sequential("2.15.0", First(kind, "n", fields, null)).Weights("n", ("kernel", [2, 1, Features]))),
        StringComparison.Ordinal);

    [Fact]
    public void A_mask_is_refused_where_the_layer_ignores_it() => Assert.Contains(
        "layer 'p': a mask reaches ZeroPadding1D, which ignores it",
        Refusal(Sequential("2.15.0", First("Masking", "m", "", null), Layer("ZeroPadding1D", "p"))), StringComparison.Ordinal);

    [Fact]
    public void More_steps_than_there_are_cannot_be_taken_away() => Assert.Contains(
        "expected fewer steps to take away than the 5 that there are, found 2 and 3",
        Refusal(Sequential("2.15.0", First("Cropping1D", "c", "\"cropping\": [2, 3]", Steps))), StringComparison.Ordinal);

    [Fact]
    public void A_difference_of_three_is_refused() => Assert.Contains(
        "layer 'j' (Subtract): expected two layers that it reads, found 3",
        Refusal(Join("Subtract", "[[\"a\", 0, 0, {}], [\"x\", 0, 0, {}], [\"x\", 0, 0, {}]]")), StringComparison.Ordinal);

    private static Hdf5Group Join(string kind, string inputs)
    {
        Hdf5Group root = new Hdf5Group().Text("keras_version", "2.15.0").Text(
            "model_config",
            $$$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [
              {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, null, 2]}, "inbound_nodes": []},
              {"class_name": "ReLU", "config": {"name": "a"}, "inbound_nodes": [[["x", 0, 0, {}]]]},
              {"class_name": "{{{kind}}}", "config": {"name": "j"}, "inbound_nodes": [{{{inputs}}}]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["j", 0, 0]]}}
            """);
        root.Group("model_weights");
        return root;
    }

    private static string First(string kind, string name, string fields, int? steps) => Layer(
        kind, name,
        $"{(fields.Length == 0 ? "" : fields + ", ")}\"batch_input_shape\": [null, {(steps is null ? "null" : $"{steps}")}, {Features}]");

    /// <summary>What <see cref="H5Model.Weights"/> puts into a tensor.</summary>
    private static float Weight(int index) => ((index * 7 % 11) - 4) / 8f;

    private static float[] Run(Hdf5Group root) => Run(Load(root).Definition);

    private static float[] Run(ModelDefinition definition) => ReferenceModel<float>.Create(definition)
        .Predict([new InputBuffer<float>(definition.Inputs[0].Name, Input)], 1, Steps)[0];
}
