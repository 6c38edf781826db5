using Spectre.Console;

namespace Recurrent.Cli.Commands;

/// <summary>Tables on a terminal, in a file or in a test.</summary>
internal static class Tables
{
    private const int WidthOfAFile = 200;
    private const int LongestText = 200;

    /// <summary>Text of a file as a cell: no markup, nothing that controls a terminal, not endless.</summary>
    public static string Cell(string text) => Markup.Escape(TerminalText.Line(text, LongestText));

    public static void Write(Table table, TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthOfAFile;
        }

        console.Write(table);
    }
}
