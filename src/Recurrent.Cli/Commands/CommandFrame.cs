using System.CommandLine;
using Recurrent.Cli.Display;

namespace Recurrent.Cli.Commands;

/// <summary>What every command does around its own work.</summary>
internal static class CommandFrame
{
    /// <summary>Runs a command; what cannot be used becomes one message and an exit code.</summary>
    public static int Run(ParseResult parsed, Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception e) when (ExitCode.IsUnusable(e))
        {
            parsed.InvocationConfiguration.Error.WriteMessage($"error: {Refusal.Describe(e)}");
            return ExitCode.Unusable;
        }
    }
}
