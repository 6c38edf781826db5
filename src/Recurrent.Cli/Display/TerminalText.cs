using Recurrent.Messages;

namespace Recurrent.Cli.Display;

/// <summary>Text of a file, for a terminal.</summary>
internal static class TerminalText
{
    /// <summary>The text as one line: nothing that controls a terminal, not endless.</summary>
    public static string Line(string text, int longest = int.MaxValue) => MessageText.Line(text, longest);
}
