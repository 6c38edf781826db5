using System.Globalization;
using System.Text;
using Recurrent.Formats.Json;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests.Captures;

/// <summary>Convolutional captures of Neural Amp Modeler, against the equations of the format written down once more.</summary>
public sealed class NamWaveNetTests
{
    private const int Samples = 40;

    private static readonly Stack First = new(1, 3, 4, 3, [1, 2, 5], "Tanh", false, false);
    private static readonly Stack Second = new(4, 1, 3, 2, [1, 3], "ReLU", false, true);

    [Theory]
    [InlineData("Tanh", false)]
    [InlineData("ReLU", true)]
    [InlineData("LeakyReLU", false)]
    [InlineData("Sigmoid", true)]
    [InlineData("Hardtanh", true)]
    public void It_computes_what_the_format_says_from_silence_on(string activation, bool isGated)
    {
        Stack[] stacks = [First with { Activation = activation, IsGated = isGated }, Second];
        double[] weights = Weights(stacks);
        double[] input = [.. Numbers(Samples, seed: 2)];

        ImportedModel model = Load(Nam(stacks, weights));

        double[] expected = Compute(stacks, weights, input);
        double[] found = ReferenceModel<double>.Create(model.Definition).Predict(input, 1, Samples);
        Assert.All(expected.Zip(found), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-7));

        // What silence leaves is no silence: the test would see a history of zeros.
        Assert.NotEqual(0, model.Definition.Layers.OfType<ConvolutionLayer>().Last().Weights.InitialHistory.Span[0]);
        Assert.True(model.Definition.CanStep);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stream_sounds_as_the_whole_does(bool isGated)
    {
        Stack[] stacks = [First with { IsGated = isGated }, Second];
        ModelDefinition definition = Load(Nam(stacks, Weights(stacks))).Definition;
        float[] input = [.. Numbers(Samples, seed: 2).Select(value => (float)value)];
        using RecurrentModel model = RecurrentModel.Create(definition);
        using Session session = model.OpenSession();
        float[] stream = new float[Samples];
        for (int i = 0; i < Samples; i++)
        {
            session.Step(input.AsSpan(i, 1), stream.AsSpan(i, 1));
        }

        Assert.Equal(ReferenceModel<float>.Create(definition).Predict(input, 1, Samples), stream);
        Assert.Equal(model.Predict(input, 1, Samples), stream);
    }

    [Fact]
    public void One_stack_of_one_layer_is_enough()
    {
        Stack[] stacks = [First with { HeadSize = 1, Dilations = [2] }];
        double[] weights = Weights(stacks);
        double[] input = [.. Numbers(Samples, seed: 3)];

        double[] found = ReferenceModel<double>.Create(Load(Nam(stacks, weights)).Definition).Predict(input, 1, Samples);

        Assert.All(
            Compute(stacks, weights, input).Zip(found), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-7));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_impulse_response_begins_with_the_present_sample(bool hasBias)
    {
        string weights = hasBias ? "0.5, 0.25, -1, 3" : "0.5, 0.25, -1";
        ImportedModel model = Load(
            $$"""{"version": "0.5.4", "architecture": "Linear", "config": {"receptive_field": 3, "bias": {{(hasBias ? "true" : "false")}}}, "weights": [{{weights}}]}""");

        float[] found = ReferenceModel<float>.Create(model.Definition).Predict((float[])[1, 0, 0, 2, 0], 1, 5);

        float bias = hasBias ? 3 : 0;
        Assert.Equal([0.5f + bias, 0.25f + bias, -1 + bias, 1 + bias, 0.5f + bias], found);
        Assert.Equal(48_000, model.SampleRate);
    }

    [Theory]
    [InlineData("\"version\": \"0.5.4\"", "\"version\": \"0.7.0\"", "'version': expected 0.5 or 0.6 of a WaveNet, found '0.7.0'")]
    [InlineData("\"head\": null", "\"head\": {\"channels\": 8}", "a WaveNet with a 'head' behind its stacks is not supported")]
    [InlineData("\"head_scale\": 0.5", "\"head_scale\": 0.5, \"condition_dsp\": {}", "'condition_dsp' is not supported")]
    [InlineData("\"gated\": false", "\"gated\": false, \"bottleneck\": 2", "'bottleneck' is not supported")]
    [InlineData("\"activation\": \"Tanh\"", "\"activation\": \"Fasttanh\"", "the activation 'Fasttanh' is not supported")]
    [InlineData("\"activation\": \"Tanh\"", "\"activation\": {\"type\": \"Tanh\"}", "expected the name of an activation, found an object")]
    [InlineData("\"channels\": 3", "\"channels\": 5", "expected the input_size 4 and 3 channels")]
    [InlineData("\"condition_size\": 1", "\"condition_size\": 2", "expected the condition_size 1, that of the input, found 2")]
    [InlineData("\"kernel_size\": 3", "\"kernel_size\": 4", "numbers, as 'config' says, found")]
    [InlineData("\"kernel_size\": 3", "\"kernel_size\": 1048576", "numbers, as 'config' says, found")]
    [InlineData("\"dilations\": [1,2,5]", "\"dilations\": [1,2,1048576]", "is too large")]
    [InlineData("\"dilations\": [1,2,5]", "\"dilations\": [1,2,500000]", "bytes of memory to read")]
    [InlineData("\"dilations\": [1,3]", "\"dilations\": []", "expected at least one dilation")]
    [InlineData("WaveNet", "ConvNet", "'ConvNet' is not supported; expected LSTM, Linear or WaveNet")]
    public void Other_forms_are_refused_by_name(string found, string replaced, string reason)
    {
        Stack[] stacks = [First, Second];
        string json = Nam(stacks, Weights(stacks));
        Assert.Contains(found, json, StringComparison.Ordinal);
        int at = json.IndexOf(found, StringComparison.Ordinal);

        string message = Assert.Throws<ModelFormatException>(
            () => Load(json[..at] + replaced + json[(at + found.Length)..])).Message;

        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    /// <summary>The format, sample by sample, from so much silence that nothing of what was before is left.</summary>
    private static double[] Compute(Stack[] stacks, double[] weights, double[] input)
    {
        int silence = stacks.Sum(stack => stack.Dilations.Sum(dilation => (stack.KernelSize - 1) * dilation));
        double[][] x = [.. Enumerable.Repeat(0.0, silence).Concat(input).Select(value => new[] { value })];
        var at = new Queue<double>(weights);
        double[][] carried = x;
        double[][] head = [.. x.Select(_ => new double[stacks[0].Channels])];
        foreach (Stack stack in stacks)
        {
            int inner = stack.IsGated ? 2 * stack.Channels : stack.Channels;
            carried = Apply(Matrix(at, stack.Channels, stack.InputSize), [], carried);
            foreach (int dilation in stack.Dilations)
            {
                double[][][] kernel = [.. Enumerable.Range(0, inner).Select(_ => Matrix(at, stack.Channels, stack.KernelSize))];
                double[] bias = Matrix(at, 1, inner)[0];
                double[][] mixed = Apply(Matrix(at, inner, 1), bias, x);
                double[][] before = carried;
                for (int t = 0; t < x.Length; t++)
                {
                    for (int o = 0; o < inner; o++)
                    {
                        for (int k = 0; k < stack.KernelSize; k++)
                        {
                            int from = t - ((stack.KernelSize - 1 - k) * dilation);
                            mixed[t][o] += from < 0 ? 0 : before[from].Select((value, c) => value * kernel[o][c][k]).Sum();
                        }
                    }
                }

                double[][] z =
                [
                    .. mixed.Select(step => Enumerable.Range(0, stack.Channels)
                        .Select(c => Activate(stack.Activation, step[c]) * (stack.IsGated ? Activate("Sigmoid", step[stack.Channels + c]) : 1))
                        .ToArray()),
                ];
                double[][] residual = Apply(Matrix(at, stack.Channels, stack.Channels), Matrix(at, 1, stack.Channels)[0], z);
                carried = [.. before.Zip(residual, (a, b) => a.Zip(b, (c, d) => c + d).ToArray())];
                head = [.. head.Zip(z, (a, b) => a.Zip(b, (c, d) => c + d).ToArray())];
            }

            head = Apply(
                Matrix(at, stack.HeadSize, stack.Channels), stack.HasHeadBias ? Matrix(at, 1, stack.HeadSize)[0] : [], head);
        }

        double scale = at.Dequeue();
        Assert.Empty(at);
        return [.. head.Skip(silence).Select(step => scale * step[0])];
    }

    private static double[][] Matrix(Queue<double> at, int rows, int columns) =>
        [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => at.Dequeue()).ToArray())];

    private static double[][] Apply(double[][] matrix, double[] bias, double[][] steps) =>
    [
        .. steps.Select(step => matrix
            .Select((row, o) => row.Zip(step, (w, value) => w * value).Sum() + (bias.Length == 0 ? 0 : bias[o])).ToArray()),
    ];

    private static double Activate(string name, double value) => name switch
    {
        "Tanh" => Math.Tanh(value),
        "ReLU" => Math.Max(value, 0),
        "LeakyReLU" => value > 0 ? value : 0.01 * value,
        "Sigmoid" => 1 / (1 + Math.Exp(-value)),
        _ => Math.Clamp(value, -1, 1),
    };

    private static double[] Weights(Stack[] stacks)
    {
        int count = 1 + stacks.Sum(stack =>
        {
            int inner = stack.IsGated ? 2 * stack.Channels : stack.Channels;
            int layer = (inner * ((stack.Channels * stack.KernelSize) + 2)) + (stack.Channels * (stack.Channels + 1));
            return (stack.Channels * stack.InputSize) + (stack.Dilations.Length * layer)
                + (stack.HeadSize * (stack.Channels + (stack.HasHeadBias ? 1 : 0)));
        });
        return [.. Numbers(count, seed: 1)];
    }

    // Halves of floats, which JSON keeps as they are.
    private static IEnumerable<double> Numbers(int count, int seed)
    {
        Random random = new(seed);
        return Enumerable.Range(0, count).Select(_ => (double)(random.Next(-512, 512) / 1024f)).ToArray();
    }

    private static string Nam(Stack[] stacks, double[] weights)
    {
        var text = new StringBuilder("{\"version\": \"0.5.4\", \"architecture\": \"WaveNet\", \"config\": {\"layers\": [");
        text.AppendJoin(", ", stacks.Select(stack =>
            $"{{\"input_size\": {stack.InputSize}, \"condition_size\": 1, \"head_size\": {stack.HeadSize}, \"channels\": {stack.Channels}, "
            + $"\"kernel_size\": {stack.KernelSize}, \"dilations\": [{string.Join(",", stack.Dilations)}], \"activation\": \"{stack.Activation}\", "
            + $"\"gated\": {(stack.IsGated ? "true" : "false")}, \"head_bias\": {(stack.HasHeadBias ? "true" : "false")}}}"));
        text.Append("], \"head\": null, \"head_scale\": 0.5}, \"weights\": [");
        text.AppendJoin(", ", weights.Select(weight => weight.ToString("R", CultureInfo.InvariantCulture)));
        return text.Append("]}").ToString();
    }

    private static ImportedModel Load(string json) =>
        JsonModel.Load(new MemorySource(Encoding.UTF8.GetBytes(json)), ImportOptions.Default);

    private sealed record Stack(
        int InputSize, int HeadSize, int Channels, int KernelSize, int[] Dilations, string Activation, bool IsGated, bool HasHeadBias);
}
