using System.Text.Json.Nodes;
using Recurrent.Formats.Tests.Verify;

namespace Recurrent.Formats.Tests.Commands;

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
        Assert.Contains("it is equal: the same bits in all", text.Output);
        Assert.Contains("lost: the sample rate, 48000 Hz", text.Output);
        JsonNode report = JsonNode.Parse(json.Output)!;
        Assert.Equal(("NAM capture", true, 0), (
            (string)report["input_format"]!, (bool)report["equal"]!, (int)report["different"]!));
        Assert.Contains("the sample rate, 48000 Hz", report["lost"]!.AsArray().Select(lost => (string)lost!));
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

    [Fact]
    public void What_cannot_be_written_is_refused_with_the_reason()
    {
        using var files = new CommandFiles();
        string model = files.Model();
        string masked = Path.Combine(AppContext.BaseDirectory, "golden", "keras", "masking.safetensors");

        RunCommandTests.AssertRefused(
            CommandRun.Of("convert", model, files.PathOf("y.h5")), "expected a name that ends in .onnx or .safetensors");
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
