using System.Text.Json.Nodes;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;

namespace Recurrent.Cli.Tests.Commands;

public sealed class InspectCommandTests
{
    [Fact]
    public void A_model_is_described_as_JSON()
    {
        using var files = new CommandFiles();

        CommandRun run = CommandRun.Of("inspect", files.Model(puts: ModelOutput.LastStep), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonNode json = JsonNode.Parse(run.Output)!;
        Assert.Equal((3, 2, 0), ((int)json["input_size"]!, (int)json["output_size"]!, (int)json["vocabulary_size"]!));
        Assert.Equal(("LastStep", true), ((string)json["output"]!, (bool)json["can_step"]!));
        JsonArray layers = json["layers"]!.AsArray();
        Assert.Equal(["lstm", "linear"], layers.Select(layer => (string)layer!["name"]!));
        Assert.Equal(["LSTM", "dense"], layers.Select(layer => (string)layer!["kind"]!));
        Assert.Equal("sigmoid, tanh, tanh", (string)layers[0]!["activations"]!);
        Assert.Equal("forward", (string)layers[0]!["direction"]!);
        Assert.Equal([60 + 100 + 40, 12], layers.Select(layer => (int)layer!["parameters"]!));
        Assert.Equal(212, (int)json["parameters"]!);
        Assert.True((long)json["packed_bytes"]! >= 4 * (60 + 100 + 20 + 12));
        Assert.True((double)json["step_predicted_us"]! > 0);
        Assert.InRange((double)json["step_median_us"]!, 0, (double)json["step_p99_us"]!);
        Assert.NotNull(json["notes"]!.AsArray());
    }

    [Fact]
    public void A_model_with_a_reverse_direction_is_timed_by_sequences()
    {
        using var files = new CommandFiles();

        CommandRun run = CommandRun.Of(
            "inspect", files.Model(direction: Direction.Bidirectional, puts: ModelOutput.LastStep), "--json");

        JsonNode json = JsonNode.Parse(run.Output)!;
        Assert.False((bool)json["can_step"]!);
        Assert.Equal("bidirectional", (string)json["layers"]![0]!["direction"]!);
        Assert.True((double)json["step_median_us"]! > 0);
    }

    [Fact]
    public void A_capture_is_described_for_people()
    {
        CommandRun run = CommandRun.Of("inspect", CommandFiles.Capture, "--no-measure");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("NAM capture", run.Output);
        Assert.Contains("trained initial state", run.Output);
        Assert.Contains("48000 Hz", run.Output);
        Assert.Contains("assumed sample_rate", run.Output);
        Assert.DoesNotContain("measured", run.Output);
    }

    [Fact]
    public void Every_kind_of_layer_is_described()
    {
        using var files = new CommandFiles();
        string golden = GoldenFiles.PathOf("keras");

        string[] kinds = [.. Directory.EnumerateFiles(golden).Where(file => !file.Contains(".io."))
            .Where(file => Path.GetExtension(file) is ".json" or ".safetensors")
            .SelectMany(file => JsonNode.Parse(CommandRun.Of("inspect", file, "--no-measure", "--json").Output)!
                ["layers"]!.AsArray().Select(layer => (string)layer!["kind"]!))
            .Distinct()];

        Assert.Superset(
            new HashSet<string> { "LSTM", "GRU, reset after", "GRU, reset before", "RNN", "dense", "embedding", "residual" },
            new HashSet<string>(kinds));
    }

    [Theory]
    [InlineData("causal-convolutions", "causal convolution", "relu; 3 steps, dilation 2", 3, 4, 40)]
    [InlineData("strided-convolutions", "convolution", "3 steps, stride 2, padding 1 and 0", 3, 6, 60)]
    [InlineData("pooled-windows", "max pooling", "3 steps, padding 1 and 1", 3, 3, 0)]
    [InlineData("layer-normalizations", "layer normalization", "epsilon 1E-05", 3, 3, 3)]
    public void Layers_over_windows_are_described(
        string name, string kind, string besides, int input, int output, int parameters)
    {
        string file = Path.Combine(GoldenFiles.PathOf("onnx-layers-written"), name, "model.onnx");

        JsonNode layer = JsonNode.Parse(CommandRun.Of("inspect", file, "--no-measure", "--json").Output)!["layers"]![0]!;
        CommandRun text = CommandRun.Of("inspect", file, "--no-measure");

        Assert.Equal(
            (kind, input, output, parameters),
            ((string)layer["kind"]!, (int)layer["input_size"]!, (int)layer["output_size"]!, (int)layer["parameters"]!));
        Assert.Contains(besides, text.Output, StringComparison.Ordinal);
        Assert.Contains(kind, text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bare_state_dict_is_opened_all_the_same_and_options_are_proposed()
    {
        string file = Path.Combine(GoldenFiles.PathOf("cases"), "sequential-gap", "model.pt");
        const string Options = "--last-step --batch-major --modules core,head.0,relu,head.3";

        CommandRun text = CommandRun.Of("inspect", file, "--no-measure");
        CommandRun json = CommandRun.Of("inspect", file, "--no-measure", "--json");
        CommandRun said = CommandRun.Of(["inspect", file, "--no-measure", .. Options.Split(' ')]);

        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Assert.Contains("assumed output: every step is put out", text.Output);
        Assert.Contains($"    {Options}\n", text.Output.ReplaceLineEndings("\n"));
        Assert.Contains("    Output = ModelOutput.LastStep, // or EveryStep, FinalState", text.Output);
        JsonNode proposal = JsonNode.Parse(json.Output)!["proposal"]!;
        Assert.Equal(Options, (string)proposal["options"]!);
        Assert.Equal(
            "Modules = [\"core\", \"head.0\", \"relu\", \"head.3\"], // relu: a guess", (string)proposal["csharp"]![2]!);
        Assert.Equal(0, said.ExitCode);
        Assert.DoesNotContain("assumed", said.Output);
        Assert.DoesNotContain("--last-step", said.Output);
    }

    [Fact]
    public void Options_are_proposed_as_a_shell_takes_them()
    {
        using var files = new CommandFiles();
        File.WriteAllBytes(files.PathOf("words.safetensors"), new SafetensorsBuilder()
            .AddCounting("it's.weight", 0, 7, 4).Linear("fc", 4, 2).Build());

        CommandRun run = CommandRun.Of("inspect", files.PathOf("words.safetensors"), "--no-measure");

        Assert.Contains(@"--last-step --batch-major --modules 'it'\''s(embedding),fc'", run.Output);
    }

    [Fact]
    public void Tensors_that_are_no_model_are_listed()
    {
        using var golden = new GoldenCopy("lstm_plain");

        CommandRun text = CommandRun.Of("inspect", golden.FileOf("lstm_plain"));
        CommandRun json = CommandRun.Of("inspect", golden.FileOf("lstm_plain"), "--json");

        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Assert.Contains("not supported as a model: ", text.Output);
        Assert.Contains("--modules", text.Output);
        JsonNode tensor = JsonNode.Parse(json.Output)!["tensors"]!.AsArray()
            .Single(tensor => (string)tensor!["name"]! == "p.weight_ih_l0")!;
        Assert.Equal("F32", (string)tensor["type"]!);
        Assert.Equal(2, tensor["shape"]!.AsArray().Count);
        Assert.NotNull((string?)JsonNode.Parse(json.Output)!["not_supported"]);
    }

    [Fact]
    public void Options_of_import_make_a_model_of_the_same_tensors()
    {
        using var golden = new GoldenCopy("lstm_plain");

        CommandRun run = CommandRun.Of("inspect", golden.FileOf("lstm_plain"), "--modules", "p", "--no-measure");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("LSTM", run.Output);
        Assert.Contains("ignored y.f64", run.Output);
    }

    [Fact]
    public void What_is_not_supported_is_told_in_one_line()
    {
        string convolution = GoldenFiles.PathOf("rtneural", "models", "full_model.json");

        RunCommandTests.AssertRefused(CommandRun.Of("inspect", convolution), "error: not supported: ");
        RunCommandTests.AssertRefused(CommandRun.Of("inspect", convolution, "--json"), "conv1d");
        RunCommandTests.AssertRefused(CommandRun.Of("inspect", "none.onnx"), "'none.onnx' does not exist");
        RunCommandTests.AssertRefused(CommandRun.Of("inspect", AppContext.BaseDirectory), "is a folder");
    }
}
