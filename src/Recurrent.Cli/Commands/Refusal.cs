using Recurrent.Formats;

namespace Recurrent.Cli.Commands;

/// <summary>Why something cannot be used, for who reads it at a command line.</summary>
internal static class Refusal
{
    private const string Alternatives =
        "(or --every-step, --final-state, --time-major, other modules), or --assume-defaults: every step, time-major, "
        + "nothing between modules.";

    /// <summary>The message, with options in the place of lines of C#.</summary>
    public static string Describe(Exception exception) => exception is ModelFormatException { Proposal: { } proposal }
        ? $"{ReasonOf(exception)} Add what its code says, for example {ProposedOptions.OfTool(proposal)} {Alternatives}"
        : OptionNames.Translate(exception.Message);

    // What is to be added stands in the lines below.
    private static string ReasonOf(Exception exception) => exception.Message.Split('\n')[0];
}
