using Recurrent.Formats;
using Recurrent.Messages;

namespace Recurrent.Cli.Commands;

/// <summary>Why something cannot be used, for who reads it at a command line.</summary>
internal static class Refusal
{
    /// <summary>The message, with options in the place of lines of C#, which follow its first line.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        ModelFormatException { Proposal: { } proposal } =>
            $"{exception.Message.Split('\n')[0]} {ProposedOptions.Of(proposal)} (or {Alternatives(proposal)}), or "
                + "--assume-defaults.",
        // It lists where the library was looked for.
        NativeLibraryException => exception.Message,
        _ => MessageText.Of(OptionNames.Translate(exception.Message)),
    };

    private static string Alternatives(ImportOptions proposal) => string.Join(
        ", ",
        (IEnumerable<string>)[
            .. proposal.Output is null ? [] : (string[])["--every-step", "--final-state"],
            .. proposal.Layout is null ? [] : (string[])["--time-major"],
            .. proposal.Modules is null ? [] : (string[])["other modules"],
        ]);
}
