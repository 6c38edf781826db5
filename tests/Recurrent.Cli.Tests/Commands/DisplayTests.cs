using Recurrent.Cli.Display;
using Recurrent.Cli.Tests.Verify;
using Recurrent.Training;

namespace Recurrent.Cli.Tests.Commands;

/// <summary>What the tool shows fits a terminal of 80 columns and a pipe, and a mistake is met with what may have been meant.</summary>
public sealed class DisplayTests
{
    public static TheoryData<string> Commands =>
        ["info", "inspect", "run", "bench", "verify", "compare", "convert", "train", "forecast", "help"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_fits_and_does_not_break_its_examples(string command)
    {
        CommandRun run = CommandRun.Of(command, "--help");

        AssertFits(run.Output);
        // A line that was broken goes on where text begins, not where examples do.
        Assert.DoesNotContain(
            run.Output.Split('\n').SkipWhile(line => !line.StartsWith("    recurrent", StringComparison.Ordinal))
                .TakeWhile(line => line.Trim().Length > 0),
            line => line.Length > 2 && line[2] != ' ');
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_command_help_shows_what_the_option_shows(string command) =>
        Assert.Equal(CommandRun.Of(command, "--help"), CommandRun.Of("help", command));

    [Fact]
    public void Help_without_a_command_lists_them_all()
    {
        CommandRun run = CommandRun.Of("help");

        Assert.Equal(CommandRun.Of("--help"), run);
        Assert.Equal(run with { ExitCode = 2, Error = "error: expected a command." + Environment.NewLine }, CommandRun.Of());
        Assert.All(Commands, command => Assert.Contains($"\n  {command.Data} ", run.Output));
        AssertFits(run.Output);
    }

    [Theory]
    [InlineData("error: 'bnech' is not a command; 'recurrent help' lists them. Did you mean 'bench'?", "bnech", "lstm")]
    [InlineData("error: 'insp' is not a command; 'recurrent help' lists them. Did you mean 'inspect'?", "insp", "x")]
    [InlineData("error: 'frobnicate' is not a command; 'recurrent help' lists them.", "frobnicate")]
    [InlineData("error: 'trian' is not a command; 'recurrent help' lists them. Did you mean 'train'?", "help", "trian")]
    [InlineData("error: '--inptu' is not an option of 'recurrent run'. Did you mean '--input'?", "run", "m", "--inptu", "x")]
    [InlineData("error: '--hiden' is not an option of 'recurrent bench'. Did you mean '--hidden'?", "bench", "lstm", "--hiden=8")]
    [InlineData("error: '--frobnicate' is not an option of 'recurrent info'.", "info", "--frobnicate")]
    [InlineData("error: --cell: expected one of lstm, gru, rnn, found 'lsmt'. Did you mean 'lstm'?", "train", "x.csv", "-o", "m.onnx", "--cell", "lsmt")]
    [InlineData("error: 'y.npy' was not expected; 'recurrent help run' shows what is.", "run", "m", "-i", "x.npy", "y.npy")]
    [InlineData("error: --input is required; 'recurrent help run' shows how.", "run", "m")]
    [InlineData("error: expected IN and OUT; 'recurrent help convert' shows how.", "convert")]
    [InlineData("error: --seconds: expected more than 0 and at most 86400, found 'soon'.", "bench", "lstm", "--seconds", "soon")]
    [InlineData("error: --tolerance: expected 0 or more, found 'none'.", "compare", "a", "b", "--tolerance", "none")]
    public void A_mistake_is_named_with_what_may_have_been_meant(string expected, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);

        Assert.Equal((2, "", expected), (run.ExitCode, run.Output, run.Error.TrimEnd()));
    }

    [Fact]
    public void A_file_that_does_not_exist_is_met_with_one_that_does()
    {
        using var files = new CommandFiles();
        string model = files.Model("forecaster.safetensors");
        files.Data("x.npy", 4, 3);

        AssertAsks("forecaster.safetensors", "inspect", files.PathOf("forcaster.safetensors"));
        AssertAsks("forecaster.safetensors", "inspect", files.PathOf("forecaster"));
        AssertAsks("x.npy", "run", model, "-i", files.PathOf("y.npy"));
        Assert.DoesNotContain("Did you mean", CommandRun.Of("inspect", files.PathOf("another.onnx")).Error);
        Assert.DoesNotContain("Did you mean", CommandRun.Of("inspect", files.PathOf("none/forecaster.safetensors")).Error);

        void AssertAsks(string meant, params string[] arguments) => RunCommandTests.AssertRefused(
            CommandRun.Of(arguments), $"does not exist. Did you mean '{files.PathOf(meant)}'?");
    }

    [Fact]
    public void Everything_that_is_shown_fits()
    {
        using var files = new CommandFiles();
        string model = files.Model("m.safetensors");
        string x = files.Data("x.npy", 20, 3);

        foreach (string[] arguments in new string[][]
        {
            ["info", "--plan"], ["info", "--plan", "gru", "--hidden", "64", "--batch", "4", "--time", "10", "--threads", "2"],
            ["inspect", CommandFiles.Capture], ["inspect", files.IndexModel(), "--no-measure"],
            ["run", model, "-i", x, "--stream", "-o", files.PathOf("y.npy")], ["run", model, "-i", x],
            ["compare", model, "--reference", "double"], ["compare", model, files.Model("n.safetensors", seed: 2)],
            ["convert", CommandFiles.Capture, files.PathOf("a.onnx")],
            ["bench", "lstm", "--hidden", "16", "--seconds", "0.05"],
            ["verify", GoldenFiles.PathOf("torch"), "--isa", "reference"],
        })
        {
            CommandRun run = CommandRun.Of(arguments);

            Assert.Equal(0, run.ExitCode);
            AssertFits(run.Output);
        }
    }

    [Theory]
    [InlineData("one two three", 7, new[] { "one two", "three" })]
    [InlineData("one two three", 13, new[] { "one two three" })]
    [InlineData("one/two/three four", 8, new[] { "one/two/three", "four" })]
    [InlineData("a b", 1, new[] { "a", "b" })]
    [InlineData("", 10, new[] { "" })]
    public void Text_is_broken_between_words(string text, int columns, string[] expected) =>
        Assert.Equal(expected, Screen.Break(text, columns));

    [Fact]
    public void The_bar_of_a_long_training_fits()
    {
        var progress = new TrainingProgress(
            Epoch: 100_000, Epochs: 100_000, Batch: 1, Batches: 1, Loss: 0.000123456, ValidationLoss: 0.000123456,
            SamplesPerSecond: 1e6, Elapsed: TimeSpan.FromDays(3), Remaining: TimeSpan.FromHours(99));

        string shown = Recurrent.Shared.TrainingBar.DescribeShort(progress);

        Assert.Equal("epoch 100000/100000, loss 0.000123, val 0.000123, 4.03:00:00 left", shown);
        Assert.True(shown.Length + " ━━━━━━━━ 100% ".Length <= Screen.Columns, shown);
    }

    // A path is as long as its folder is deep, and is not broken.
    private static void AssertFits(string output)
    {
        Assert.All(output.ReplaceLineEndings("\n").Split('\n'), line =>
        {
            Assert.Equal(line.TrimEnd(), line);
            Assert.True(line.Length <= Screen.Columns || line.Split(' ').Any(word => word.Length > 30 && word.Contains('/')), $"{line.Length} columns: {line}");
        });
    }
}
