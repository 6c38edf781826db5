using Recurrent.Messages;

namespace Recurrent.Cli.Display;

/// <summary>How wide what is written may be. Text of the tool's own is laid out for 80 columns, in a file, too.</summary>
internal static class Screen
{
    /// <summary>Columns of a terminal that everything fits.</summary>
    public const int Columns = 80;

    private const int MostColumnsOfHelp = 100;

    /// <summary>Columns for help texts: those of the terminal, but no lines that are too long to read.</summary>
    public static int HelpColumns(TextWriter output) => Math.Min(TerminalColumns(output) ?? Columns, MostColumnsOfHelp);

    /// <summary>Columns of the terminal that a writer goes to; null where it goes to none.</summary>
    public static int? TerminalColumns(TextWriter writer)
    {
        bool isTerminal = (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected)
            || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected);
        try
        {
            return isTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Writes a sentence of the tool's own, broken between words.</summary>
    public static void WriteText(this TextWriter output, string text)
    {
        foreach (string line in Break(TerminalText.Line(text), Math.Min(TerminalColumns(output) ?? Columns, Columns)))
        {
            output.WriteLine(line);
        }
    }

    /// <summary>
    /// Writes a message that may be of any length: on a terminal broken between words, elsewhere one line, so that it is found
    /// by a search. It may hold text of a file: nothing in it controls the terminal.
    /// </summary>
    public static void WriteMessage(this TextWriter output, string message)
    {
        int columns = TerminalColumns(output) ?? int.MaxValue;
        string clean = MessageText.Of(message.ReplaceLineEndings("\n"), int.MaxValue);
        foreach (string line in clean.Split('\n').SelectMany(line => Break(line, columns)))
        {
            output.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>Breaks a text between words; a word that is longer than a line keeps its own.</summary>
    public static IEnumerable<string> Break(string text, int columns)
    {
        int begin = 0;
        while (text.Length - begin > columns)
        {
            int end = text.LastIndexOf(' ', begin + columns, columns + 1);
            end = end > begin ? end : text.IndexOf(' ', begin + columns);
            if (end < 0)
            {
                break;
            }

            yield return text[begin..end].TrimEnd();
            begin = end + 1;
        }

        yield return text[begin..];
    }
}
