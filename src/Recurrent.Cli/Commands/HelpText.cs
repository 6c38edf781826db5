using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;
using Recurrent.Cli.Display;

namespace Recurrent.Cli.Commands;

/// <summary>Shows help: as wide as the terminal, 80 columns elsewhere, without blanks at the ends of lines.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    /// <summary>
    /// Joins the lines of a paragraph, so that it is broken where the screen ends. Examples are indented and stay as they are,
    /// and exit codes begin a line.
    /// </summary>
    public static string Unfold(string text)
    {
        var unfolded = new StringBuilder();
        string last = string.Empty;
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            bool goesOn = last.Length > 0 && last[0] != ' ' && line.Length > 0 && line[0] != ' '
                && !line.StartsWith("Exit code", StringComparison.Ordinal);
            unfolded.Append(unfolded.Length == 0 ? string.Empty : goesOn ? " " : "\n").Append(line);
            last = line;
        }

        return unfolded.ToString();
    }

    public override int Invoke(ParseResult parseResult)
    {
        InvocationConfiguration configuration = parseResult.InvocationConfiguration;
        TextWriter output = configuration.Output;
        using var text = new StringWriter();
        configuration.Output = text;
        try
        {
            new HelpAction { MaxWidth = Screen.HelpColumns(output) }.Invoke(parseResult);
        }
        finally
        {
            configuration.Output = output;
        }

        foreach (ReadOnlySpan<char> line in text.ToString().AsSpan().TrimEnd().EnumerateLines())
        {
            output.WriteLine(line.TrimEnd());
        }

        return ExitCode.Success;
    }
}
