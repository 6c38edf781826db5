using System.Text.Json.Nodes;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Inspect;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Cli.Verify;
using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Training;

namespace Recurrent.Cli.Tests.Commands;

/// <summary>Models with convolutions, pooling and layers over time: what inspect says of them, where verify finds their states.</summary>
public sealed class InspectWindowTests
{
    [Fact]
    public void Windows_and_the_steps_that_they_make_are_described()
    {
        string[] lines = Lines(CommandRun.Of("inspect", GoldenFiles.PathOf("tfjs", "conv-valid-same", "model.json"), "--no-measure"));

        Assert.Contains("conv1d_Conv1D2 convolution 4 5 85 tanh; 4 steps, padding 1 and 2", lines);
        Assert.Contains("conv1d_Conv1D3 convolution 5 3 30 2 steps, dilation 3, no bias", lines);
        Assert.Contains("output 2 features, 995 steps of 1000", lines);
        Assert.Contains("steps of a sequence at least 6", lines);
        Assert.Contains("can be streamed no: a layer needs its whole sequence", lines);
    }

    [Fact]
    public void A_model_that_takes_a_given_number_of_steps_is_measured_with_so_many()
    {
        CommandRun run = CommandRun.Of("inspect", GoldenFiles.PathOf("tfjs", "flatten-dense", "model.json"), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonNode json = JsonNode.Parse(run.Output)!;
        JsonNode flatten = json["layers"]!.AsArray().First(layer => (string)layer!["kind"]! == "flatten")!;
        int steps = int.Parse(((string)flatten["details"]!).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal((steps, steps), ((int)json["least_steps"]!, (int)json["most_steps"]!));
        Assert.True((double)json["step_median_us"]! > 0);
    }

    [Fact]
    public void Every_layer_has_a_name_of_its_own_and_all_its_parameters()
    {
        Graph graph = new(seed: 1);
        GraphValue x = graph.Input("x", 4);
        GraphValue causal = x.Convolution(6, 3, dilation: 2, groups: 2, activation: Activation.Clip(-1, 2)).LayerNormalization();
        GraphValue pooled = causal.MaxPooling(2).AveragePooling(3, stride: 2).LogSoftmax();
        GraphValue rows = causal.MeanOverTime().Concatenate(causal.MaxOverTime(), causal.SoftmaxOverTime(causal));
        ModelDefinition model = graph.ToDefinition(
            ("a", pooled.Flatten(2)), ("b", rows.Unflatten(3)), ("c", x.Convolution(1, 1, padding: ConvolutionPadding.Valid)));

        LayerSummary[] layers = [.. model.Layers.Select(layer => LayerSummary.Of(layer, "name"))];

        Assert.Equal(
            [
                ("causal convolution", "clip(-1, 2); 3 steps, dilation 2, 2 groups"), ("layer normalization", "epsilon 0.001"),
                ("max pooling", "2 steps, stride 2"), ("average pooling", "3 steps, stride 2"), ("log softmax", ""),
                ("mean over time", ""), ("maximum over time", ""), ("softmax over time", ""), ("concatenation", ""),
                ("flatten", "2 steps"), ("unflatten", "3 steps"), ("causal convolution", "1 step"),
            ],
            layers.Select(layer => (layer.Kind, layer.Besides)));
        Assert.Equal([6 * 3 * 2 + 6, 12, 4 + 1], layers.Select(layer => layer.Parameters).Where(count => count > 0));
        Assert.Equal(layers.Sum(layer => layer.Parameters) * sizeof(float), WeightBytes.Of(model.Layers, lanes: 1));
    }

    [Fact]
    public void The_history_of_a_convolution_has_its_place_among_the_states()
    {
        ModelDefinition model = new Sequential(2, seed: 1).Gru(3).Convolution(4, 3).Lstm(2).ToDefinition(ModelOutput.EveryStep);
        ReferenceSession<float> session = ReferenceModel<float>.Create(model).OpenSession(2);
        session.Run([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3], new float[12], 3);
        double[] states = new double[2 * session.StateSize];
        float[] saved = new float[states.Length];
        session.SaveState(saved);
        Array.ConvertAll(saved, value => (double)value).CopyTo(states, 0);
        StateLayout layout = new(model);
        (StateAddress, ReadOnlyMemory<float>)[] all =
        [
            Of(0, StateKind.Hidden, 3), Of(1, StateKind.History, 6), Of(2, StateKind.Hidden, 2), Of(2, StateKind.Cell, 2),
        ];
        Assert.Equal(saved, layout.Join(all, 2));

        (StateAddress, ReadOnlyMemory<float>) Of(int layer, StateKind kind, int size)
        {
            float[] expected = new float[2 * size];
            session.GetState(layer, Direction.Forward, kind, expected);
            StateAddress address = new(layer, Direction.Forward, kind);
            Assert.Equal(Array.ConvertAll(expected, value => (double)value), layout.Take(states, address));
            return (address, expected);
        }
    }

    private static string[] Lines(CommandRun run) =>
        [.. run.Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}
