using System.Text.Json.Nodes;
using Recurrent.Cli.Compare;
using Recurrent.Cli.Tests.Plots;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Layers;

namespace Recurrent.Cli.Tests.Commands;

public sealed class CompareCommandTests
{
    [Fact]
    public void The_reference_in_float_has_the_same_bits()
    {
        using var files = new CommandFiles();

        foreach (string[] arguments in new string[][]
        {
            [CommandFiles.Capture, "--reference"], [files.Model(), "--reference", "float", "--batch", "3"],
            [files.IndexModel(), "--reference"], [files.Model(puts: ModelOutput.LastStep), "--reference"],
        })
        {
            CommandRun run = CommandRun.Of(["compare", "--tolerance", "0", .. arguments]);

            Assert.Equal(0, run.ExitCode);
            Assert.Contains("equal in all", run.Output);
        }
    }

    [Theory]
    [InlineData("1e-3", 0)]
    [InlineData("1e-12", 1)]
    public void The_tolerance_decides_the_exit_code(string tolerance, int exitCode)
    {
        using var files = new CommandFiles();

        CommandRun text = CommandRun.Of("compare", files.Model(), "--reference", "double", "--tolerance", tolerance);
        CommandRun json = CommandRun.Of(
            "compare", files.Model(), "--reference", "double", "--tolerance", tolerance, "--json");

        Assert.Equal((exitCode, exitCode), (text.ExitCode, json.ExitCode));
        Assert.Contains(exitCode == 0 ? "within the tolerance" : "BEYOND the tolerance", text.Output);
        JsonNode report = JsonNode.Parse(json.Output)!;
        Assert.Equal(exitCode == 0, (bool)report["passed"]!);
        Assert.Equal((200, 2, 100), (
            (int)report["values"]!, report["features"]!.AsArray().Count, report["steps"]!.AsArray().Count));
        Assert.InRange((double)report["largest"]!, 1e-12, 1e-5);
        Assert.InRange((double)report["mean"]!, 1e-12, (double)report["largest"]!);
        Assert.Equal(
            (double)report["largest"]!,
            Math.Abs((double)report["largest_at"]!["left"]! - (double)report["largest_at"]!["right"]!));
    }

    [Fact]
    public void Two_models_are_compared_on_a_file()
    {
        using var files = new CommandFiles();
        string x = files.Data("x.npy", 10, 3);
        string plot = files.PathOf("plot.svg");

        CommandRun run = CommandRun.Of(
            "compare", files.Model("a.safetensors"), files.Model("b.safetensors", seed: 2), "-i", x, "--plot", plot);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("first difference     step 0", run.Output);
        SvgPlot drawn = new SvgPlot(File.ReadAllText(plot)).AssertShows(
            "a.safetensors and b.safetensors", "step", "absolute difference (units of the output, log scale)", "largest", "mean");
        Assert.DoesNotContain(drawn.Texts, text => text.Text.Contains("equal", StringComparison.Ordinal));
    }

    [Fact]
    public void Models_that_differ_in_the_order_of_axes_alone_are_equal()
    {
        using var files = new CommandFiles();
        string batchMajor = files.Save("a.safetensors", CommandFiles.Definition().WithLayout(SequenceLayout.BatchMajor));
        string x = files.Data("x.npy", 2, 10, 3);

        foreach (string[] input in new string[][] { [], ["--batch", "3"], ["--input", x] })
        {
            CommandRun run = CommandRun.Of(["compare", batchMajor, files.Model("b.safetensors"), "--tolerance", "0", .. input]);

            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Contains("equal in all", run.Output);
        }
    }

    [Fact]
    public void A_plot_without_differences_says_equal()
    {
        using var files = new CommandFiles();
        string plot = files.PathOf("plot.svg");

        Assert.Equal(0, CommandRun.Of("compare", CommandFiles.Capture, "--reference", "--time", "1", "--plot", plot).ExitCode);
        new SvgPlot(File.ReadAllText(plot)).AssertShows("equal in the only value", "equal");
    }

    [Fact]
    public void Models_that_cannot_be_compared_are_refused()
    {
        using var files = new CommandFiles();
        string model = files.Model();

        RunCommandTests.AssertRefused(CommandRun.Of("compare", model), "expected one of them, found neither");
        RunCommandTests.AssertRefused(
            CommandRun.Of("compare", model, model, "--reference"), "expected one of them, found both");
        RunCommandTests.AssertRefused(
            CommandRun.Of("compare", model, CommandFiles.Capture), "take different inputs: 3 features and 1 features");
        RunCommandTests.AssertRefused(
            CommandRun.Of("compare", model, files.Model("wide.safetensors", output: 4)), "put out different things");
        RunCommandTests.AssertRefused(CommandRun.Of("compare", model, "none.onnx"), "does not exist");
        RunCommandTests.AssertRefused(
            CommandRun.Of("compare", model, "--reference", "--plot", "plot.pdf"), "ends in .svg or .png, found .pdf");
        RunCommandTests.AssertRefused(
            CommandRun.Of("compare", model, "--reference", "--time", "16777216", "--batch", "65536"), "expected at most");
        Assert.Equal(2, CommandRun.Of("compare", model, "--reference", "half").ExitCode);
        Assert.Equal(2, CommandRun.Of("compare", model, "--reference", "--tolerance", "-1").ExitCode);
    }

    [Fact]
    public void Where_outputs_part_is_found()
    {
        // Three steps of two sequences of two features.
        double[] left = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -12];
        double[] right = [.. left];
        right[5] = 6.5;
        right[11] = -14;

        var comparison = new Comparison(left, right, time: 3, batch: 2, features: 2);

        Assert.Equal((12, 2, 5, 11), (
            comparison.Total.Count, comparison.Total.Different, comparison.Total.First, comparison.Total.LargestAt));
        Assert.Equal((1, 0, 1), (comparison.StepOf(5), comparison.SequenceOf(5), comparison.FeatureOf(5)));
        Assert.Equal((2, 1, 1), (comparison.StepOf(11), comparison.SequenceOf(11), comparison.FeatureOf(11)));
        Assert.Equal((2, 2.5 / 12, 12), (comparison.Total.Largest, comparison.Total.Mean, comparison.LargestValue));
        Assert.Equal([0, 2.0], comparison.Features.Select(feature => feature.Largest));
        Assert.Equal([0, 0.5, 2], comparison.Steps.Select(step => step.Largest));
        Assert.Equal((1, 2, null), (
            comparison.FirstBeyond(0), comparison.FirstBeyond(0.5), comparison.FirstBeyond(2)));
        Assert.Equal([(0, 1, 0.5, 0.0625), (2, 2, 2, 0.5)], comparison.Ranges(2));
    }

    [Fact]
    public void NaN_is_equal_to_NaN_and_far_from_anything_else()
    {
        double[] left = [double.NaN, double.NaN, double.PositiveInfinity, double.PositiveInfinity];
        double[] right = [double.NaN, 1, double.PositiveInfinity, double.NegativeInfinity];

        var comparison = new Comparison(left, right, time: 4, batch: 1, features: 1);

        Assert.Equal(
            [0, double.PositiveInfinity, 0, double.PositiveInfinity], comparison.Steps.Select(step => step.Largest));
        Assert.Equal(0, comparison.Total.Mean);
    }
}
