using System.Text.Json.Nodes;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;

namespace Recurrent.Cli.Tests.Commands;

public sealed class ConvertCommandTests
{
    [Theory]
    [InlineData("capture.onnx")]
    [InlineData("capture.safetensors")]
    public void A_capture_is_equal_in_every_format(string name)
    {
        using var files = new CommandFiles();
        string output = files.PathOf(name);

        CommandRun text = CommandRun.Of("convert", CommandFiles.Capture, output);
        CommandRun json = CommandRun.Of("convert", CommandFiles.Capture, output, "--json");
        CommandRun compared = CommandRun.Of("compare", CommandFiles.Capture, output, "--tolerance", "0");

        Assert.Equal((0, 0, 0), (text.ExitCode, json.ExitCode, compared.ExitCode));
        Assert.Contains("read again, equal: the same bits in all", text.Output);
        Assert.DoesNotContain("sample rate", text.Output);
        Assert.DoesNotContain("metadata", text.Output);
        JsonNode report = JsonNode.Parse(json.Output)!;
        Assert.Equal(("NAM capture", true, 0), (
            (string)report["input_format"]!, (bool)report["equal"]!, (int)report["different"]!));
        Assert.Equal(["names of layers"], report["lost"]!.AsArray().Select(lost => (string)lost!));
    }

    [Fact]
    public void Nothing_is_lost_in_a_file_of_our_own()
    {
        using var files = new CommandFiles();
        string output = files.PathOf("capture.recurrent");

        CommandRun convert = CommandRun.Of("convert", CommandFiles.Capture, output, "--json");

        Assert.Equal(0, convert.ExitCode);
        JsonNode report = JsonNode.Parse(convert.Output)!;
        Assert.Equal("Recurrent model", (string)report["output_format"]!);
        Assert.Empty(report["lost"]!.AsArray());
        CommandRun inspect = CommandRun.Of("inspect", output, "--no-measure");
        Assert.Equal(0, inspect.ExitCode);
        Assert.Contains("48000", inspect.Output);
        CommandRun compared = CommandRun.Of("compare", CommandFiles.Capture, output, "--tolerance", "0");
        Assert.Equal(0, compared.ExitCode);
        CommandRun run = CommandRun.Of("run", output, "-i", files.Data("x.npy", 100, 1), "-o", files.PathOf("y.npy"));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void Packed_weights_are_put_beside_the_others()
    {
        using var files = new CommandFiles();
        string output = files.PathOf("capture.recurrent");
        Assert.Equal(0, CommandRun.Of("convert", CommandFiles.Capture, output).ExitCode);
        long plain = new FileInfo(output).Length;

        CommandRun convert = CommandRun.Of("convert", CommandFiles.Capture, output, "--packed", "--isa", "scalar");

        Assert.Equal(0, convert.ExitCode);
        Assert.Contains("for scalar, used by C and C++", convert.Output.ReplaceLineEndings(" "));
        Assert.True(new FileInfo(output).Length > plain);
        CommandRun inspect = CommandRun.Of("inspect", output, "--no-measure", "--json");
        JsonNode packed = JsonNode.Parse(inspect.Output)!["packed_weights"]!;
        Assert.Equal(("scalar", true), ((string)packed["isa"]!, (bool)packed["of_model"]!));
        Assert.Contains("packed in the file", CommandRun.Of("inspect", output, "--no-measure").Output);
        Assert.Equal(0, CommandRun.Of("compare", CommandFiles.Capture, output, "--tolerance", "0").ExitCode);
    }

    [Fact]
    public void What_cannot_be_packed_is_refused_and_nothing_is_written()
    {
        using var files = new CommandFiles();
        string output = files.PathOf("capture.recurrent");
        InstructionSet missing = Enum.GetValues<InstructionSet>()
            .First(isa => isa != InstructionSet.Auto && !Machine.InstructionSets.Contains(isa));

        CommandRun other = CommandRun.Of("convert", CommandFiles.Capture, files.PathOf("capture.onnx"), "--packed");
        CommandRun alone = CommandRun.Of("convert", CommandFiles.Capture, output, "--isa", "scalar");
        CommandRun none = CommandRun.Of(
            "convert", CommandFiles.Capture, output, "--packed", "--isa", missing.ToString().ToLowerInvariant());

        Assert.Equal((2, 2, 2), (other.ExitCode, alone.ExitCode, none.ExitCode));
        Assert.Contains("--packed: expected a name that ends in .recurrent", other.Error.ReplaceLineEndings(" "));
        Assert.Contains("--isa: expected only with --packed", alone.Error.ReplaceLineEndings(" "));
        Assert.Contains("--isa: expected an instruction set of this machine", none.Error.ReplaceLineEndings(" "));
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void Sample_rate_and_metadata_survive_every_format()
    {
        using var files = new CommandFiles();
        ImportedModel capture = ModelFile.Load(CommandFiles.Capture);
        string last = CommandFiles.Capture;
        foreach (string name in new[] { "a.onnx", "b.safetensors", "c.recurrent", "d.recurrent", "e.onnx" })
        {
            Assert.Equal(0, CommandRun.Of("convert", last, files.PathOf(name)).ExitCode);
            last = files.PathOf(name);

            ImportedModel model = ModelFile.Load(last);
            Assert.Equal(48000, model.SampleRate);
            Assert.Superset(capture.Metadata.ToHashSet(), model.Metadata.ToHashSet());
        }

        // Sound comes out of a file that does not say its own rate.
        CommandRun run = CommandRun.Of("run", last, "-i", files.Data("x.npy", 100, 1), "-o", files.PathOf("y.wav"));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("48000 Hz", run.Output);
    }

    [Theory]
    [InlineData("48000", 48000)]
    [InlineData("0", null)]
    [InlineData("10000001", null)]
    [InlineData("44.1 kHz", null)]
    public void A_sample_rate_is_found_where_it_is_one(string text, int? expected)
    {
        using var files = new CommandFiles();
        var metadata = new Dictionary<string, string> { ["sample_rate"] = text };

        OnnxExport.Save(CommandFiles.Definition(), files.PathOf("a.onnx"), metadata);
        PyTorchExport.Save(CommandFiles.Definition(), files.PathOf("a.safetensors"), metadata);

        Assert.All(["a.onnx", "a.safetensors"], name =>
        {
            ImportedModel model = ModelFile.Load(files.PathOf(name));
            Assert.Equal(expected, model.SampleRate);
            Assert.Equal(text, model.Metadata["sample_rate"]);
        });
    }

    [Theory]
    [InlineData("recurrent.empty_row", true)]
    [InlineData("recurrent.model", false)]
    [InlineData("format", false)]
    public void Metadata_do_not_replace_what_an_export_writes(string name, bool isOnnx)
    {
        using var files = new CommandFiles();
        var metadata = new Dictionary<string, string> { [name] = "x" };
        string path = files.PathOf("a" + (isOnnx ? ".onnx" : ".safetensors"));

        ArgumentException refused = Assert.Throws<ArgumentException>(() =>
        {
            if (isOnnx)
            {
                OnnxExport.Save(CommandFiles.Definition(), path, metadata);
            }
            else
            {
                PyTorchExport.Save(CommandFiles.Definition(), path, metadata);
            }
        });

        Assert.Contains($"found '{name}'", refused.Message);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Options_of_import_are_used()
    {
        using var files = new CommandFiles();
        string output = files.PathOf("last.onnx");

        CommandRun run = CommandRun.Of("convert", files.Model(), output, "--modules", "lstm,relu", "--last-step");

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("ignored linear: it is not in the list of modules.", run.Error.TrimEnd());
        JsonNode json = JsonNode.Parse(CommandRun.Of("inspect", output, "--json", "--no-measure").Output)!;
        Assert.Equal(("LastStep", 5), ((string)json["output"]!, (int)json["output_size"]!));
    }

    [Theory]
    [InlineData(SequenceLayout.BatchMajor, EmptyRow.KeepsState, ".onnx")]
    [InlineData(SequenceLayout.BatchMajor, EmptyRow.ZeroesState, ".safetensors")]
    [InlineData(SequenceLayout.TimeMajor, EmptyRow.ZeroesState, ".onnx")]
    public void The_order_of_axes_and_the_rule_for_empty_rows_are_kept(
        SequenceLayout layout, EmptyRow emptyRow, string kind)
    {
        using var files = new CommandFiles();
        string model = files.Save(
            "a.safetensors", CommandFiles.Definition().WithLayout(layout).WithEmptyRow(emptyRow));

        CommandRun run = CommandRun.Of("convert", model, files.PathOf("b" + kind), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain(
            JsonNode.Parse(run.Output)!["lost"]!.AsArray(), lost => ((string)lost!).Contains("recurrent."));
        JsonNode json = JsonNode.Parse(
            CommandRun.Of("inspect", files.PathOf("b" + kind), "--json", "--no-measure").Output)!;
        Assert.Equal((layout.ToString(), emptyRow.ToString()), ((string)json["layout"]!, (string)json["empty_row"]!));
    }

    [Fact]
    public void An_order_of_axes_that_is_asked_for_is_written()
    {
        using var files = new CommandFiles();

        CommandRun.Of("convert", CommandFiles.Capture, files.PathOf("a.onnx"), "--time-major");

        Assert.Equal(SequenceLayout.TimeMajor, ModelFile.Load(files.PathOf("a.onnx")).Definition.Layout);
        Assert.Equal(SequenceLayout.BatchMajor, ModelFile.Load(CommandFiles.Capture).Definition.Layout);
    }

    [Fact]
    public void What_cannot_be_written_is_refused_with_the_reason()
    {
        using var files = new CommandFiles();
        string model = files.Model();
        string masked = GoldenFiles.PathOf("keras", "masking.safetensors");

        RunCommandTests.AssertRefused(
            CommandRun.Of("convert", model, files.PathOf("y.h5")), "expected a name that ends in .recurrent, .onnx or .safetensors");
        RunCommandTests.AssertRefused(CommandRun.Of("convert", model, model), "expected another file than the input");
        RunCommandTests.AssertRefused(
            CommandRun.Of("convert", "none.pt", files.PathOf("y.onnx")), "'none.pt' does not exist");
        RunCommandTests.AssertRefused(
            CommandRun.Of("convert", masked, files.PathOf("y.onnx")), "not supported by this format: ");
        RunCommandTests.AssertRefused(
            CommandRun.Of("convert", model, Path.Combine(files.PathOf("none"), "y.onnx")), "Could not find");
        Assert.False(File.Exists(files.PathOf("y.onnx")));
    }
}
