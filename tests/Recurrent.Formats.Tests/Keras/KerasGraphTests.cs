using Recurrent.Formats.Tests.Graphs;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>Keras models whose layers do not only follow each other, against the same layers put together by hand.</summary>
public sealed class KerasGraphTests
{
    private const string Inner = """
        {"class_name": "SimpleRNN", "config": {"name": "r", "units": 2, "use_bias": false, "return_sequences": %}}
        """;

    private static readonly float[] Kernel = [0.5f, -0.25f, 0.125f, 1];
    private static readonly float[] Recurrent = [0.25f, 0.5f, -0.5f, 0.75f];
    private static readonly float[] BackKernel = [-0.5f, 0.5f, 0.25f, 0.3f];
    private static readonly float[] BackRecurrent = [0.1f, 0.2f, 0.3f, -0.4f];

    [Theory]
    [InlineData("sum", true)]
    [InlineData("sum", false)]
    [InlineData("ave", true)]
    [InlineData("mul", false)]
    public void Directions_become_one(string mode, bool everyStep)
    {
        Hdf5Group root = Sequential(
            $$$"""{"class_name": "Bidirectional", "config": {"name": "b", "merge_mode": "{{{mode}}}", "batch_input_shape": [null, null, 2], "layer": {{{Rnn(everyStep)}}}}}""");
        root.Group("model_weights/b")
            .Texts("weight_names", "b/forward_r/kernel:0", "b/forward_r/rec:0", "b/backward_r/kernel:0", "b/backward_r/rec:0")
            .Set("b/forward_r/kernel:0", [2, 2], Kernel).Set("b/forward_r/rec:0", [2, 2], Recurrent)
            .Set("b/backward_r/kernel:0", [2, 2], BackKernel).Set("b/backward_r/rec:0", [2, 2], BackRecurrent);
        ModelDefinition found = Load(root).Definition;

        var nodes = new List<LayerNode> { new(Layer(Direction.Bidirectional), 0) };
        if (!everyStep)
        {
            nodes.Add(new(new FinalStateLayer(4)));
        }

        int both = nodes.Count;
        nodes.Add(new(Slice(0), both));
        nodes.Add(new(Slice(2), both));
        nodes.Add(new(mode == "mul" ? new ProductLayer(2) : new SumLayer(2), both + 1, both + 2));
        if (mode == "ave")
        {
            nodes.Add(new(new ScaleLayer((float[])[0.5f, 0.5f])));
        }

        Same(nodes, everyStep ? ValueKind.Sequence : ValueKind.Row, found);
    }

    [Fact]
    public void A_row_is_repeated()
    {
        Hdf5Group root = Sequential(
            $$$"""{"class_name": "SimpleRNN", "config": {"name": "a", "units": 2, "use_bias": false, "batch_input_shape": [null, null, 2]}}""",
            """{"class_name": "RepeatVector", "config": {"name": "repeat", "n": 3}}""",
            """{"class_name": "SimpleRNN", "config": {"name": "c", "units": 2, "use_bias": false, "return_sequences": true}}""");
        AddWeights(root, "a");
        AddWeights(root, "c");

        ModelDefinition found = Load(root).Definition;

        Same(
            [
                new(Layer(Direction.Forward), 0), new(new FinalStateLayer(2)), new(new RepeatLayer(2, 3)),
                new(Layer(Direction.Forward)),
            ],
            ValueKind.Sequence, found);
    }

    [Theory]
    [InlineData("Add")]
    [InlineData("Average")]
    [InlineData("Multiply")]
    [InlineData("Concatenate")]
    public void Two_inputs_are_joined(string kind)
    {
        string config = $$$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [
              {"class_name": "{{{kind}}}", "config": {"name": "join", "axis": -1}, "inbound_nodes": [[["a", 0, 0, {}], ["d", 0, 0, {}]]]},
              {"class_name": "InputLayer", "config": {"name": "static", "batch_input_shape": [null, 3]}, "inbound_nodes": []},
              {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, null, 2]}, "inbound_nodes": []},
              {"class_name": "SimpleRNN", "config": {"name": "a", "units": 2, "use_bias": false}, "inbound_nodes": [[["series", 0, 0, {}]]]},
              {"class_name": "Dense", "config": {"name": "d", "units": 2, "use_bias": false}, "inbound_nodes": [[["static", 0, 0, {}]]]}],
              "input_layers": [["series", 0, 0], ["static", 0, 0]], "output_layers": [["join", 0, 0], ["d", 0, 0]]}}
            """;
        Hdf5Group root = new Hdf5Group().Text("keras_version", "2.15.0").Text("model_config", config);
        AddWeights(root, "a");
        root.Group("model_weights/d").Texts("weight_names", "d/kernel:0").Set("d/kernel:0", [3, 2], 1, 2, 3, 4, 5, 6);

        ModelDefinition found = Load(root).Definition;

        Assert.Equal([ModelInput.Sequence("series", 2), ModelInput.Row("static", 3)], found.Inputs);
        Assert.Equal(["join", "d"], found.Outputs.Select(output => output.Name));
        DenseSpecification dense = new() { InputSize = 3, OutputSize = 2 };
        List<LayerNode> nodes =
        [
            new(Layer(Direction.Forward), 0), new(new FinalStateLayer(2)),
            new(new DenseLayer(dense, new DenseWeights((float[])[1, 3, 5, 2, 4, 6])), 1),
            new(
                kind == "Concatenate" ? new ConcatenationLayer(4)
                    : kind == "Multiply" ? new ProductLayer(2) : new SumLayer(2),
                3, 4),
        ];
        if (kind == "Average")
        {
            nodes.Add(new(new ScaleLayer((float[])[0.5f, 0.5f])));
        }

        var expected = new ModelDefinition(
            found.Inputs, nodes, [new("join", nodes.Count + 1), new("d", 4)], null, SequenceLayout.BatchMajor);
        Assert.Equal(GraphRun.Compute(expected), GraphRun.Compute(found));
    }

    [Fact]
    public void Steps_that_go_backwards_are_joined_in_the_order_of_Keras()
    {
        string config = """
            {"class_name": "Functional", "config": {"name": "m", "layers": [
              {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, null, 2]}, "inbound_nodes": []},
              {"class_name": "SimpleRNN", "config": {"name": "a", "units": 2, "use_bias": false, "go_backwards": true, "return_sequences": true}, "inbound_nodes": [[["x", 0, 0, {}]]]},
              {"class_name": "Concatenate", "config": {"name": "join", "axis": 2}, "inbound_nodes": [[["x", 0, 0, {}], ["a", 0, 0, {}]]]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["join", 0, 0]]}}
            """;
        Hdf5Group root = new Hdf5Group().Text("keras_version", "2.15.0").Text("model_config", config);
        AddWeights(root, "a");

        Same(
            [
                new(new ReverseLayer(2), 0), new(Layer(Direction.Forward), 1), new(new ConcatenationLayer(4), 0, 2),
            ],
            ValueKind.Sequence, Load(root).Definition);
    }

    [Theory]
    [InlineData("\"axis\": 1", "expected features side by side, axis -1")]
    [InlineData("\"axis\": -1}, \"x\": {\"y\": 1", "it joins a sequence with a row")]
    public void A_join_of_something_else_is_refused(string axis, string reason)
    {
        bool isRow = axis.Contains("\"x\"", StringComparison.Ordinal);
        string config = $$$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [
              {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, null, 2]}, "inbound_nodes": []},
              {"class_name": "SimpleRNN", "config": {"name": "a", "units": 2, "use_bias": false, "return_sequences": {{{(isRow ? "false" : "true")}}}}, "inbound_nodes": [[["x", 0, 0, {}]]]},
              {"class_name": "Concatenate", "config": {"name": "join", {{{axis}}}}, "inbound_nodes": [[["x", 0, 0, {}], ["a", 0, 0, {}]]]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["join", 0, 0]]}}
            """;
        Hdf5Group root = new Hdf5Group().Text("keras_version", "2.15.0").Text("model_config", config);
        AddWeights(root, "a");

        Assert.Contains(reason, Assert.Throws<ModelFormatException>(() => Load(root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_that_is_not_in_front_of_everything_is_refused()
    {
        string config = """
            {"class_name": "Functional", "config": {"name": "m", "layers": [
              {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, null, 2]}, "inbound_nodes": []},
              {"class_name": "Masking", "config": {"name": "mask", "mask_value": 0.0}, "inbound_nodes": [[["x", 0, 0, {}]]]},
              {"class_name": "SimpleRNN", "config": {"name": "a", "units": 2, "use_bias": false}, "inbound_nodes": [[["mask", 0, 0, {}]]]},
              {"class_name": "SimpleRNN", "config": {"name": "c", "units": 2, "use_bias": false}, "inbound_nodes": [[["x", 0, 0, {}]]]},
              {"class_name": "Add", "config": {"name": "join"}, "inbound_nodes": [[["c", 0, 0, {}], ["a", 0, 0, {}]]]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["join", 0, 0]]}}
            """;
        Hdf5Group root = new Hdf5Group().Text("keras_version", "2.15.0").Text("model_config", config);
        AddWeights(root, "a");
        AddWeights(root, "c");

        Assert.Contains(
            "layer 'mask': a mask is supported where all sequences of the model are behind it",
            Assert.Throws<ModelFormatException>(() => Load(root)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GlobalMaxPooling1D")]
    [InlineData("Flatten")]
    public void A_mask_that_reaches_a_layer_which_ignores_it_is_refused(string kind)
    {
        Hdf5Group root = Sequential(
            """{"class_name": "Masking", "config": {"name": "mask", "batch_input_shape": [null, null, 2], "mask_value": 0.0}}""",
            """{"class_name": "SimpleRNN", "config": {"name": "a", "units": 2, "use_bias": false, "return_sequences": true}}""",
            $$$"""{"class_name": "{{{kind}}}", "config": {"name": "pool"}}""");
        AddWeights(root, "a");

        Assert.Contains(
            $"layer 'pool': a mask reaches {kind}, which ignores it",
            Assert.Throws<ModelFormatException>(() => Load(root)).Message,
            StringComparison.Ordinal);
    }

    private static string Rnn(bool everyStep) =>
        Inner.Trim().Replace("%", everyStep ? "true" : "false", StringComparison.Ordinal);

    private static void AddWeights(Hdf5Group root, string layer) => root.Group($"model_weights/{layer}")
        .Texts("weight_names", "kernel:0", "recurrent_kernel:0")
        .Set("kernel:0", [2, 2], Kernel).Set("recurrent_kernel:0", [2, 2], Recurrent);

    private static RecurrentLayer Layer(Direction direction)
    {
        var specification = new SimpleRnnSpecification { InputSize = 2, HiddenSize = 2, Direction = direction };
        CellWeights Weights(float[] kernel, float[] recurrent) =>
            GateOrder.FromKeras(specification, kernel, recurrent, []);
        return direction == Direction.Bidirectional
            ? new RecurrentLayer(specification, Weights(Kernel, Recurrent), Weights(BackKernel, BackRecurrent))
            : new RecurrentLayer(specification, Weights(Kernel, Recurrent));
    }

    private static SliceLayer Slice(int first) =>
        new(new SliceSpecification { InputSize = 4, First = first, OutputSize = 2 });

    private static void Same(IReadOnlyList<LayerNode> nodes, ValueKind kind, ModelDefinition found)
    {
        var expected = new ModelDefinition(
            [ModelInput.Sequence("x", 2)], nodes, [new NamedOutput("y", nodes.Count)], null, SequenceLayout.BatchMajor);
        Assert.Equal(kind, found.Outputs[0].Kind);
        Assert.Equal(GraphRun.Compute(expected), GraphRun.Compute(found));
    }

    private static Hdf5Group Sequential(params string[] layers) => new Hdf5Group().Text("keras_version", "2.15.0").Text(
        "model_config",
        $$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{{{string.Join(", ", layers)}}}]}}""");

    private static ImportedModel Load(Hdf5Group root)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.h5");
        File.WriteAllBytes(path, Hdf5Builder.Build(root, new Hdf5Style()));
        return ModelFile.Load(path);
    }
}
