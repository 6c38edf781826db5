
namespace Recurrent.Cli.Tests.Verify;

/// <summary>One call of the tool.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public string LastLine => Output.TrimEnd().Split('\n')[^1].TrimEnd();

    public static CommandRun Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = CommandLine.Run(arguments, output, error);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }
}
