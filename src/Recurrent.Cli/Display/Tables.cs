using Spectre.Console;

namespace Recurrent.Cli.Display;

/// <summary>Tables on a terminal, in a file or in a test.</summary>
internal static class Tables
{
    // A table in a file is as wide as what is in it.
    private const int WidthOfAFile = 1000;
    private const int LongestText = 200;

    /// <summary>Text of a file as a cell: no markup, nothing that controls a terminal, not endless.</summary>
    public static string Cell(string text) => Markup.Escape(TerminalText.Line(text, LongestText));

    /// <summary>Writes a table without the blanks that fill its last column.</summary>
    public static void Write(Table table, TextWriter output)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        foreach (TableColumn column in table.Columns)
        {
            column.Padding(0, 2);
        }

        console.Profile.Width = Screen.TerminalColumns(output) ?? WidthOfAFile;
        console.Write(table);
        foreach (ReadOnlySpan<char> line in text.ToString().AsSpan().TrimEnd('\n').EnumerateLines())
        {
            output.WriteLine(line.TrimEnd());
        }
    }
}
