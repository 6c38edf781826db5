using Spectre.Console;

namespace Recurrent.Cli.Commands;

/// <summary>Tables on a terminal, in a file or in a test.</summary>
internal static class Tables
{
    private const int WidthOfAFile = 200;

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
