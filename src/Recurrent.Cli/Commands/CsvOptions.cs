using System.CommandLine;
using Recurrent.Cli.Data;

namespace Recurrent.Cli.Commands;

/// <summary>The options that say how a .csv file is written; of every command that reads one.</summary>
internal sealed class CsvOptions
{
    private readonly Option<string?> _delimiter = new("--delimiter")
    {
        Description = "What separates the values of a .csv file: one character, or tab. Default: it is found out.",
        HelpName = "CHAR",
    };

    private readonly Option<string?> _decimal = new("--decimal")
    {
        Description = "What separates whole from fraction in its numbers, '.' or ','. Default: a point.",
        HelpName = "CHAR",
    };

    public void AddTo(Command command)
    {
        command.Add(_delimiter);
        command.Add(_decimal);
    }

    /// <exception cref="UnusableInputException">An option is no such character, or both are the same.</exception>
    public CsvFormat Read(ParseResult parsed)
    {
        string? given = parsed.GetValue(_delimiter);
        char? delimiter = given switch
        {
            null => null,
            "tab" or "\\t" => '\t',
            [var one] when one is not '"' && !char.IsLetterOrDigit(one) => one,
            _ => throw new UnusableInputException($"--delimiter: expected one character, or tab; found '{given}'."),
        };
        char point = parsed.GetValue(_decimal) switch
        {
            null or "." => '.',
            "," => ',',
            var other => throw new UnusableInputException($"--decimal: expected '.' or ',', found '{other}'."),
        };
        return delimiter == point
            ? throw new UnusableInputException($"--delimiter, --decimal: expected different characters, found '{point}' twice.")
            : new CsvFormat(delimiter, point);
    }
}
