using Recurrent.Formats;

namespace Recurrent.Cli.Commands;

/// <summary>Why something cannot be used, for who reads it at a command line.</summary>
internal static class Refusal
{
    /// <summary>The message, with options in the place of lines of C#, which follow its first line.</summary>
    public static string Describe(Exception exception) => exception is ModelFormatException { Proposal: { } proposal }
        ? $"{exception.Message.Split('\n')[0]} {ProposedOptions.Of(proposal)} (or {Alternatives(proposal)}), or "
            + "--assume-defaults."
        : OptionNames.Translate(exception.Message);

    private static string Alternatives(ImportOptions proposal) => string.Join(
        ", ",
        (IEnumerable<string>)[
            .. proposal.Output is null ? [] : (string[])["--every-step", "--final-state"],
            .. proposal.Layout is null ? [] : (string[])["--time-major"],
            .. proposal.Modules is null ? [] : (string[])["other modules"],
        ]);
}
