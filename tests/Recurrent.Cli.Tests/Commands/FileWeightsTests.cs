using System.Text.Json.Nodes;
using Recurrent.Cli.Data;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;

namespace Recurrent.Cli.Tests.Commands;

/// <summary>Files that say in which formats weights are computed: every command does as they say, or as <c>--weights</c> does.</summary>
public sealed class FileWeightsTests
{
    [Theory]
    [InlineData("bfloat16")]
    [InlineData("int8")]
    [InlineData("int8-8bit")]
    public void A_file_stores_its_format_and_is_run_in_it(string format)
    {
        using var files = new CommandFiles();
        string small = files.PathOf("small.recurrent");

        CommandRun convert = CommandRun.Of("convert", files.Model(), small, "--weights", format);

        Assert.Equal(0, convert.ExitCode);
        Assert.Contains($"weights: {format}, stored and computed", convert.Output);
        Assert.DoesNotContain("float32", convert.Output);
        Assert.DoesNotContain("lost", convert.Output);
        float[] asNamed = Run(files, files.Model(), "--weights", format);
        Assert.Equal(asNamed, Run(files, small));
        Assert.Equal(asNamed, Run(files, small, "--weights", format));
        Assert.NotEqual(asNamed, Run(files, files.Model()));
    }

    [Fact]
    public void An_option_goes_before_what_the_file_says()
    {
        using var files = new CommandFiles();
        string small = Small(files);
        string floats = files.PathOf("floats.recurrent");

        // Its values are those of the integers, and inputs are not rounded.
        CommandRun convert = CommandRun.Of("convert", small, floats, "--weights", "float32");

        Assert.Equal(0, convert.ExitCode);
        float[] named = Run(files, small, "--weights", "float32");
        Assert.Equal(named, Run(files, floats));
        Assert.NotEqual(named, Run(files, small));
    }

    [Fact]
    public void A_format_that_cannot_say_it_loses_it_by_name()
    {
        using var files = new CommandFiles();

        CommandRun run = CommandRun.Of("convert", Small(files), files.PathOf("floats.onnx"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("lost: that weights are computed in int8", run.Output);
    }

    [Fact]
    public void An_inspection_shows_what_the_file_says()
    {
        using var files = new CommandFiles();
        string small = Small(files);

        JsonNode json = JsonNode.Parse(CommandRun.Of(
            "inspect", small, "-i", files.Data("x.npy", 10, 3), "--no-measure", "--json").Output)!;
        JsonNode floats = JsonNode.Parse(CommandRun.Of(
            "inspect", small, "--weights", "float32", "--no-measure", "--json").Output)!;

        Assert.Equal(("int8", "float32"), ((string)json["weights"]!, (string)floats["weights"]!));
        Assert.True((long)json["packed_bytes"]! < (long)floats["packed_bytes"]!);
        // Against its values in floats: only inputs are rounded.
        Assert.InRange((double)json["errors"]![0]!["snr_db"]!, 20, 200);
    }

    [Fact]
    public void Layers_of_other_formats_are_shown_each()
    {
        using var files = new CommandFiles();
        string mixed = files.PathOf("mixed.recurrent");
        RecurrentFile.Save(ModelFile.Load(files.Model()).Definition, mixed, options: new ModelOptions
        {
            Layers = new Dictionary<int, LayerOptions>
            {
                [0] = new() { RecurrentWeights = WeightFormat.Int8 },
                [1] = new() { Weights = WeightFormat.BFloat16 },
            },
        });

        CommandRun text = CommandRun.Of("inspect", mixed, "--no-measure");
        CommandRun compare = CommandRun.Of("compare", mixed, "--reference", "--tolerance", "0");

        string output = string.Join(' ', text.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("as mixed", output);
        Assert.Contains("input weights of float32", output);
        Assert.Contains("weights of bfloat16", output);
        Assert.Equal(0, compare.ExitCode);
        Assert.Contains("with weights of mixed", compare.Output);
    }

    [Fact]
    public void A_comparison_computes_each_file_as_it_says()
    {
        using var files = new CommandFiles();
        string small = Small(files);

        CommandRun reference = CommandRun.Of("compare", small, "--reference", "--tolerance", "0");
        JsonNode other = JsonNode.Parse(CommandRun.Of("compare", files.Model(), small, "--json").Output)!;
        JsonNode named = JsonNode.Parse(CommandRun.Of("compare", files.Model(), "--weights", "int8", "--json").Output)!;

        Assert.Equal(0, reference.ExitCode);
        Assert.Contains("with weights of int8", reference.Output);
        Assert.Equal((double)named["largest"]!, (double)other["largest"]!);
        Assert.NotEqual(0, (double)other["largest"]!);
    }

    [Fact]
    public void A_measurement_is_of_what_the_file_says()
    {
        using var files = new CommandFiles();
        string small = Small(files);

        Assert.Equal("int8", Format());
        Assert.Equal("bfloat16", Format("--weights", "bfloat16"));

        string Format(params string[] options) => (string)JsonNode.Parse(CommandRun.Of(
            ["bench", small, "--seconds", "0.01", "--threads", "1", "--json", .. options]).Output)!["weights"]!["format"]!;
    }

    [Fact]
    public void A_recording_is_held_against_what_the_file_says()
    {
        using var files = new CommandFiles();
        string small = files.PathOf("amplifier.recurrent");
        File.Copy(GoldenFiles.PathOf("nam", "BossLSTM-1x16.io.safetensors"), files.PathOf("amplifier.io.safetensors"));
        Assert.Equal(0, CommandRun.Of("convert", CommandFiles.Capture, small, "--weights", "int8").ExitCode);

        CommandRun recorded = CommandRun.Of("verify", small, "--isa", "reference");
        CommandRun bits = CommandRun.Of("verify", small, "--weights", "int8");

        // What was recorded is of floats, and so is how far a result may be from it.
        Assert.Equal(1, recorded.ExitCode);
        Assert.Contains("FAIL amplifier.recurrent reference y: error", recorded.Output);
        Assert.Equal(0, bits.ExitCode);
    }

    private static string Small(CommandFiles files)
    {
        string small = files.PathOf("small.recurrent");
        Assert.Equal(0, CommandRun.Of("convert", files.Model(), small, "--weights", "int8").ExitCode);
        return small;
    }

    private static float[] Run(CommandFiles files, string model, params string[] options)
    {
        string output = files.PathOf("y.npy");
        CommandRun run = CommandRun.Of(["run", model, "-i", files.Data("x.npy", 10, 3), "-o", output, .. options]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return DataFile.Read(output).Values;
    }
}
