using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>Models as layers of models, as Keras names their weights, and what of them is refused.</summary>
public sealed class KerasNestingTests
{
    private const string Input = "\"batch_input_shape\": [null, 4, 3]";

    private static readonly string Norm = H5Model.Layer("BatchNormalization", "norm", "\"axis\": [2], \"epsilon\": 0.001");
    private static readonly string Rnn = H5Model.Layer("SimpleRNN", "rnn", "\"units\": 2, \"use_bias\": false, \"return_sequences\": true");
    private static readonly string Dense = H5Model.Layer("Dense", "dense", "\"units\": 3, \"use_bias\": false");

    private static readonly string[] Own = ["norm/gamma:0", "norm/beta:0", "norm/moving_mean:0", "norm/moving_variance:0", "rnn/kernel:0", "rnn/rec:0"];

    // A model lists what is trained first.
    private static readonly string[] Trained = ["norm/gamma:0", "norm/beta:0", "rnn/kernel:0", "rnn/rec:0", "norm/moving_mean:0", "norm/moving_variance:0"];

    public static TheoryData<string[]> Names => new(
        ["norm/gamma:0", "norm/beta:0", "rnn/simple_rnn_cell/kernel:0", "rnn/simple_rnn_cell/recurrent_kernel:0", "norm/moving_mean:0", "norm/moving_variance:0"],
        ["inner/norm/gamma:0", "inner/norm/beta:0", "inner/rnn/kernel:0", "inner/rnn/recurrent_kernel:0", "inner/norm/moving_mean:0", "inner/norm/moving_variance:0"],
        ["a/gamma:0", "a/beta:0", "b/kernel:0", "b/recurrent_kernel:0", "a/moving_mean:0", "a/moving_variance:0"]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Weights_of_a_model_belong_to_its_layers_by_name_or_order(string[] names)
    {
        Hdf5Group flat = H5Model.Sequential("2.15.0", WithInput(Norm), Rnn, Dense);
        Set(flat, "norm", Own[..4], ["norm/gamma:0", "norm/beta:0", "norm/moving_mean:0", "norm/moving_variance:0"]);
        Set(flat, "rnn", Own[4..], ["rnn/kernel:0", "rnn/recurrent_kernel:0"]);
        flat.Weights("dense", ("kernel", [2, 3]));

        Hdf5Group nested = H5Model.Sequential("2.15.0", Model("inner", WithInput(Norm), Rnn), Dense);
        Set(nested, "inner", Trained, names);
        nested.Weights("dense", ("kernel", [2, 3]));
        ImportedModel found = H5Model.Load(nested);

        DefinitionAssert.Same(H5Model.Load(flat).Definition, found.Definition);
        Assert.Equal(["inner/norm", "inner/rnn", "dense"], found.LayerNames);
    }

    [Fact]
    public void The_order_says_nothing_where_a_layer_is_not_trained()
    {
        Hdf5Group root = H5Model.Sequential(
            "2.15.0", Model("inner", WithInput(Norm).Replace("0.001", "0.001, \"trainable\": false", StringComparison.Ordinal), Rnn), Dense);
        Set(root, "inner", Trained, ["a/gamma:0", "a/beta:0", "b/kernel:0", "b/recurrent_kernel:0", "a/moving_mean:0", "a/moving_variance:0"]);
        root.Weights("dense", ("kernel", [2, 3]));

        Assert.Contains(
            "layer 'inner': the weights 'a/gamma:0' belong to none of the layers of this model", H5Model.Refusal(root),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_the_configuration_in_a_safetensors_file_have_the_model_before_them()
    {
        var metadata = new Dictionary<string, string>
        {
            ["keras_version"] = "3.8.0",
            ["keras_config"] = $$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{{{Model("inner", WithInput(Dense))}}}, {{{Dense}}}]}}""",
        };
        using var folder = new TemporaryFolder();
        string path = folder.Write("model.safetensors", new SafetensorsBuilder().Metadata(metadata)
            .AddCounting("inner/dense/kernel", 0, 3, 3).AddCounting("dense/kernel", 20, 3, 3).Build());

        ModelDefinition found = ModelFile.Load(path).Definition;

        float[] inner = Assert.IsType<DenseLayer>(found.Layers[0]).Weights.Kernel.ToArray();
        float[] outer = Assert.IsType<DenseLayer>(found.Layers[1]).Weights.Kernel.ToArray();
        Assert.NotEqual(inner, outer);
        Assert.True(inner.Max() < outer.Min());
    }

    [Fact]
    public void A_model_that_is_called_with_other_than_its_inputs_is_refused()
    {
        string model = """
            {"class_name": "Functional", "config": {"name": "m", "layers": [
              {"class_name": "InputLayer", "config": {"name": "a", "batch_input_shape": [null, 4, 3]}, "inbound_nodes": []},
              {"class_name": "InputLayer", "config": {"name": "b", "batch_input_shape": [null, 4, 3]}, "inbound_nodes": []},
              {"class_name": "Sequential", "config": {"name": "inner", "layers": [
                {"class_name": "Dense", "config": {"name": "dense", "units": 3, "use_bias": false}}]}, "inbound_nodes": [[["a", 0, 0, {}], ["b", 0, 0, {}]]]}],
              "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["inner", 0, 0]]}}
            """;
        Hdf5Group root = new Hdf5Group().Text("keras_version", "2.15.0").Text("model_config", model);
        root.Group("model_weights");

        Assert.Contains(
            "layer 'inner': the model takes 1 input, found 2 that it is called with", H5Model.Refusal(root), StringComparison.Ordinal);
    }

    [Fact]
    public void Models_of_models_that_multiply_are_refused()
    {
        // Each calls the one inside eight times.
        string inner = Functional("m0", """{"class_name": "Activation", "config": {"name": "layer", "activation": "tanh"}, "inbound_nodes": [[["x", 0, 0, {}]]]}""", "layer", 0);
        for (int depth = 1; depth <= 5; depth++)
        {
            string calls = string.Join(", ", Enumerable.Range(0, 8).Select(
                call => call == 0 ? "[[\"x\", 0, 0, {}]]" : $"[[\"m{depth - 1}\", {call - 1}, 0, {{}}]]"));
            inner = Functional($"m{depth}", inner[..^1] + $", \"inbound_nodes\": [{calls}]}}", $"m{depth - 1}", 7);
        }

        Hdf5Group root = new Hdf5Group().Text("keras_version", "2.15.0").Text("model_config", inner);
        root.Group("model_weights");

        Assert.Contains("expected at most 4096 layers", H5Model.Refusal(root), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Permute", "\"dims\": [2, 1]", "null", "layer 'p': Permute takes a fixed number of steps, which the file does not say")]
    [InlineData("Permute", "\"dims\": [2, 3, 1]", "4", "expected [1, 2] or [2, 1]")]
    [InlineData("TimeDistributed", "\"layer\": {\"class_name\": \"Reshape\", \"config\": {\"name\": \"r\", \"target_shape\": [2, 1]}}", "4", "expected [features], because inside of TimeDistributed a step is a row")]
    [InlineData("TimeDistributed", "\"layer\": {\"class_name\": \"Conv1D\", \"config\": {\"name\": \"c\"}}", "4", "layer 'p': TimeDistributed(Conv1D) is not supported")]
    public void Other_orders_of_axes_are_refused(string kind, string fields, string steps, string reason)
    {
        Hdf5Group root = H5Model.Sequential(
            "2.15.0",
            H5Model.Layer("SimpleRNN", "rnn", $"\"units\": 2, \"use_bias\": false, \"return_sequences\": true, \"batch_input_shape\": [null, {steps}, 3]"),
            H5Model.Layer(kind, "p", fields)).Rnn("rnn", 3, 2);

        Assert.Contains(reason, H5Model.Refusal(root), StringComparison.Ordinal);
    }

    private static string WithInput(string layer) => layer.Replace("\"config\": {", "\"config\": {" + Input + ", ", StringComparison.Ordinal);

    private static string Model(string name, params string[] layers) =>
        $$$"""{"class_name": "Sequential", "config": {"name": "{{{name}}}", "layers": [{{{string.Join(", ", layers)}}}]}}""";

    private static string Functional(string name, string layer, string output, int call) => $$$"""
        {"class_name": "Functional", "config": {"name": "{{{name}}}", "layers": [
          {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 4, 3]}, "inbound_nodes": []}, {{{layer}}}],
          "input_layers": [["x", 0, 0]], "output_layers": [["{{{output}}}", {{{call}}}, 0]]}}
        """.Trim();

    /// <summary>The same values whatever the names are: those of <paramref name="values"/>.</summary>
    private static void Set(Hdf5Group root, string layer, string[] values, string[] names)
    {
        Hdf5Group group = root.Group($"model_weights/{layer}").Texts("weight_names", names);
        foreach ((string value, string name) in values.Zip(names))
        {
            int seed = Array.IndexOf(Own, value);
            long[] shape = seed < 4 ? [3] : seed == 4 ? [3, 2] : [2, 2];
            int count = (int)shape.Aggregate(1L, (product, size) => product * size);
            group.Set(name, shape, [.. Enumerable.Range(0, count).Select(i => (seed + 1) / 8f + (i / 16f))]);
        }
    }
}
