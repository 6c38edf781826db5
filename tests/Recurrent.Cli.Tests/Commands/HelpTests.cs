using Recurrent.Cli.Tests.Verify;

namespace Recurrent.Cli.Tests.Commands;

public sealed class HelpTests
{
    [Theory]
    [InlineData("info")]
    [InlineData("inspect")]
    [InlineData("run")]
    [InlineData("bench")]
    [InlineData("verify")]
    [InlineData("compare")]
    [InlineData("convert")]
    [InlineData("train")]
    public void Every_command_explains_itself_with_examples(string command)
    {
        CommandRun run = CommandRun.Of(command, "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"  recurrent {command} ", run.Output);
        Assert.Contains("Exit code", run.Output);
        Assert.Contains("--json", run.Output);
        string root = CommandRun.Of("--help").Output;
        Assert.Contains($"  recurrent {command}", root);
        Assert.Equal(1, root.Split('\n').Count(line => line.StartsWith($"  {command} ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("run", "model.onnx")]
    [InlineData("run", "model.onnx", "--input", "x.npy", "--block", "0")]
    [InlineData("compare", "a.onnx", "--reference", "--time", "none")]
    [InlineData("frobnicate")]
    public void A_mistake_is_not_followed_by_pages_of_help(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Output.Trim()));
        Assert.InRange(run.Error.Trim().Split('\n').Length, 1, 2);
    }

    [Fact]
    public void The_list_of_commands_is_short() =>
        Assert.InRange(CommandRun.Of("--help").Output.Split('\n').Length, 20, 50);
}
