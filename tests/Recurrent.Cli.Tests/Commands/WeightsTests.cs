using System.Text.Json.Nodes;
using Recurrent.Cli.Data;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;

namespace Recurrent.Cli.Tests.Commands;

/// <summary><c>--weights</c> of every command.</summary>
public sealed class WeightsTests
{
    private static readonly string[] Rounded = ["bfloat16", "int8", "int8-8bit"];

    public static TheoryData<string> Formats => new(Rounded);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Native_and_reference_have_the_same_bits(string format)
    {
        using var files = new CommandFiles();

        foreach (string model in new[] { CommandFiles.Capture, files.Model(), files.IndexModel() })
        {
            CommandRun run = CommandRun.Of("compare", model, "--reference", "--weights", format, "--tolerance", "0");

            Assert.Equal((0, ""), (run.ExitCode, run.Error.Contains("error", StringComparison.Ordinal) ? run.Error : ""));
            Assert.Contains("equal in all", run.Output);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_comparison_shows_what_the_format_costs(string format)
    {
        using var files = new CommandFiles();
        string plot = files.PathOf("plot.svg");

        CommandRun text = CommandRun.Of(
            "compare", files.Model(), "--weights", format, "-i", files.Data("x.npy", 10, 3), "--plot", plot);
        JsonNode json = JsonNode.Parse(CommandRun.Of("compare", files.Model(), "--weights", format, "--json").Output)!;

        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Assert.Contains($"with weights of {format}", text.Output);
        Assert.Contains("signal to noise", text.Output);
        Assert.True(File.Exists(plot));
        Assert.InRange((double)json["snr_db"]!, 20, 100);
        Assert.InRange((double)json["largest"]!, 1e-6, 0.2);
    }

    [Fact]
    public void Features_that_are_too_small_beside_others_are_named()
    {
        using var files = new CommandFiles();
        string x = files.Data("pressure.npy", new DataArray([2, 3], [101325, 0.5f, 2000, 99000, 0.25f, 1500]));

        CommandRun compare = CommandRun.Of("compare", files.Model(), "--weights", "int8", "-i", x);
        CommandRun inspect = CommandRun.Of("inspect", files.Model(), "--weights", "int8", "-i", x, "--no-measure");
        JsonNode json = JsonNode.Parse(
            CommandRun.Of("inspect", files.Model(), "--weights", "int8", "-i", x, "--no-measure", "--json").Output)!;
        CommandRun half = CommandRun.Of("compare", files.Model(), "--weights", "bfloat16", "-i", x);

        Assert.Contains("layer 'lstm' reads feature 1 of 3 with fewer than 16", compare.Output);
        Assert.Contains("layer 'lstm' reads feature 1 of 3 with fewer than 16", inspect.Output);
        Assert.DoesNotContain("fewer than", half.Output);
        JsonNode small = Assert.Single(json["small_features"]!.AsArray())!;
        Assert.Equal(("lstm", 1), ((string)small["layer"]!, (int)Assert.Single(small["features"]!.AsArray())!));
    }

    [Fact]
    public void An_inspection_shows_bytes_and_the_error_of_each_layer()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 10, 3);

        CommandRun text = CommandRun.Of("inspect", files.Model(), "--weights", "int8", "-i", x, "--no-measure");
        JsonNode rounded = JsonNode.Parse(
            CommandRun.Of("inspect", files.Model(), "--weights", "int8", "-i", x, "--no-measure", "--json").Output)!;

        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Assert.Contains("as int8", text.Output);
        Assert.Contains("signal to noise, dB", text.Output);
        Assert.Equal("int8", (string)rounded["weights"]!);
        Assert.True((long)rounded["packed_bytes"]! > 0);
        JsonArray errors = rounded["errors"]!.AsArray();
        Assert.Equal(["lstm", "linear"], errors.Select(layer => (string)layer!["layer"]!));
        Assert.All(errors, layer => Assert.InRange((double)layer!["snr_db"]!, 20, 100));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_run_computes_with_the_format(string format)
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 10, 3);
        string converted = files.PathOf("rounded.onnx");

        JsonNode json = JsonNode.Parse(CommandRun.Of(
            "run", files.Model(), "-i", x, "-o", files.PathOf("y.npy"), "--weights", format, "--json").Output)!;
        CommandRun convert = CommandRun.Of("convert", files.Model(), converted, "--weights", format);
        CommandRun again = CommandRun.Of("run", converted, "-i", x, "-o", files.PathOf("again.npy"), "--weights", format);
        CommandRun floats = CommandRun.Of("run", files.Model(), "-i", x, "-o", files.PathOf("floats.npy"));

        Assert.Equal(format, (string)json["weights"]!);
        Assert.Contains($"rounded to {format} and written as float32", convert.Output.ReplaceLineEndings(" "));
        Assert.Contains($"weights of {format}", again.Output);
        Assert.Equal((0, 0, 0), (convert.ExitCode, again.ExitCode, floats.ExitCode));
        float[] y = DataFile.Read(files.PathOf("y.npy")).Values;
        // Packing rounded weights again changes nothing.
        Assert.Equal(y, DataFile.Read(files.PathOf("again.npy")).Values);
        Assert.NotEqual(y, DataFile.Read(files.PathOf("floats.npy")).Values);
    }

    [Fact]
    public void A_training_writes_rounded_weights()
    {
        using var files = new CommandFiles();
        string series = files.PathOf("series.csv");
        File.WriteAllLines(series, Enumerable.Range(0, 60).Select(i => $"{i % 7}"));
        string output = files.PathOf("model.onnx");

        CommandRun run = CommandRun.Of("train", series, "--epochs", "1", "-o", output, "--weights", "int8");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("the same bits", run.Output);
        Assert.Contains("rounded to int8", run.Output);
        ModelDefinition written = ModelFile.Load(output).Definition;
        Assert.Equal(
            ((RecurrentLayer)written.Rounded(WeightFormat.Int8).Layers.First(layer => layer is RecurrentLayer)).Forward!
                .RecurrentWeights.ToArray(),
            ((RecurrentLayer)written.Layers.First(layer => layer is RecurrentLayer)).Forward!.RecurrentWeights.ToArray());
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_verification_asks_for_the_bits_of_the_reference(string format)
    {
        using var files = new CommandFiles();
        string results = files.PathOf("results.json");

        CommandRun run = CommandRun.Of("verify", CommandFiles.Capture, "--weights", format, "--json", results);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"With weights of {format} a case passes if it has the bits of the reference", run.Output);
        Assert.DoesNotContain("oracle", run.Output);
        JsonNode json = JsonNode.Parse(File.ReadAllText(results))!;
        Assert.Equal(format, (string)json["weights"]!);
        JsonArray tensors = json["results"]![0]!["tensors"]!.AsArray();
        // The error is much larger than floats are allowed, and tells; the bits decide.
        Assert.InRange((double)tensors[0]!["error"]!, 1e-4, 0.5);
        Assert.Equal(["y", "bits of the reference"], tensors.Select(tensor => (string)tensor!["tensor"]!));
    }

    [Fact]
    public void A_measurement_names_the_format()
    {
        JsonNode json = JsonNode.Parse(CommandRun.Of(
            "bench", "lstm", "--hidden", "16", "--weights", "bfloat16", "--seconds", "0.01", "--threads", "1", "--json").Output)!;

        JsonNode weights = json["weights"]!;
        Assert.Equal("bfloat16", (string)weights["format"]!);
        Assert.True((long)weights["packed_bytes"]! < (long)weights["raw_bytes"]!);
    }

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        using var files = new CommandFiles();
        string model = files.Model();

        RunCommandTests.AssertRefused(
            CommandRun.Of("compare", model, model, "--weights", "int8"), "B, --weights: expected one of them, found both");
        RunCommandTests.AssertRefused(
            CommandRun.Of("inspect", model, "-i", "x.npy"), "--input: expected only with --weights");
        RunCommandTests.AssertRefused(
            CommandRun.Of("verify", GoldenFiles.PathOf("torch"), "--gradients", "--weights", "int8"),
            "--weights: expected only without --gradients, because trainers have float32 weights");
        Assert.Equal(2, CommandRun.Of("run", model, "-i", "x.npy", "--weights", "int4").ExitCode);
    }

    [Fact]
    public void A_model_without_a_recurrent_layer_is_told_that_nothing_changes()
    {
        using var files = new CommandFiles();
        string model = files.Save(
            "dense.safetensors",
            new ModelDefinition([
                new DenseLayer(
                    new DenseSpecification { InputSize = 2, OutputSize = 1 }, new DenseWeights([0.5f, 0.25f], [0.1f]))]));

        CommandRun run = CommandRun.Of("inspect", model, "--weights", "int8", "--no-measure");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("--weights int8: changes nothing, because the model has no recurrent layer", run.Error);
    }
}
