using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Recurrent.Cli.Commands;

/// <summary>What is wrong with a command line: the name, what was expected, what was found, and what may have been meant.</summary>
internal static partial class ParseErrors
{
    /// <summary>One message for each mistake.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        // Of a word that is not known the words behind it are a consequence.
        string? unknown = parsed.UnmatchedTokens.FirstOrDefault(IsOption)
            ?? (parsed.UnmatchedTokens is [var first, ..] ? first : null);
        if (unknown is not null)
        {
            return [Unknown(parsed.CommandResult.Command, unknown)];
        }

        Command command = parsed.CommandResult.Command;
        string[] messages = [.. parsed.Errors.Select(error => Describe(error, command))];
        return [.. messages.Where((message, i) => !IsSaidBetter(parsed.Errors, i)).Distinct()];
    }

    /// <summary>That a word is no command.</summary>
    public static string NoCommand(string word, IEnumerable<Command> known) =>
        $"'{word}' is not a command; 'recurrent help' lists them." + Suggestion.For(word, known.Select(command => command.Name));

    private static string Unknown(Command command, string token)
    {
        if (IsOption(token))
        {
            string name = token.Split('=', ':')[0];
            return $"'{name}' is not an option of 'recurrent {command.Name}'."
                .Replace("recurrent recurrent", "recurrent", StringComparison.Ordinal)
                + Suggestion.For(name, command.Options.SelectMany(option => option.Aliases.Append(option.Name)));
        }

        return command.Subcommands.Count > 0
            ? NoCommand(token, command.Subcommands)
            : $"'{token}' was not expected; 'recurrent help {command.Name}' shows what is.";
    }

    private static string Describe(ParseError error, Command command)
    {
        if (Choice().Match(error.Message) is { Success: true } choice)
        {
            string[] known = [.. Quoted().Matches(choice.Groups[2].Value).Select(match => match.Groups[1].Value)];
            string found = choice.Groups[1].Value;
            return $"{NameOf(error.SymbolResult)}: expected one of {string.Join(", ", known)}, found '{found}'."
                + Suggestion.For(found, known);
        }

        if (CannotParse().Match(error.Message) is { Success: true } number)
        {
            return $"{NameOf(error.SymbolResult)}: expected a number, found '{number.Groups[1].Value}'.";
        }

        if (NoValue().Match(error.Message) is { Success: true } option)
        {
            return $"{option.Groups[1].Value}: expected a value, found none.";
        }

        return Missing().IsMatch(error.Message)
            ? $"{Required(error.Message, command)}; 'recurrent help {command.Name}' shows how."
            : error.Message;
    }

    private static string Required(string message, Command command) => message.StartsWith("Option", StringComparison.Ordinal)
        ? $"{Quoted().Match(message).Groups[1].Value} is required"
        : $"expected {string.Join(" and ", command.Arguments.Where(IsRequired).Select(argument => argument.Name))}";

    private static bool IsRequired(Argument argument) => argument.Arity.MinimumNumberOfValues > 0;

    // A validator has more to say than that a text is no number.
    private static bool IsSaidBetter(IReadOnlyList<ParseError> errors, int index) =>
        CannotParse().IsMatch(errors[index].Message)
        && errors.Any(other => !ReferenceEquals(other, errors[index])
            && NameOf(other.SymbolResult) == NameOf(errors[index].SymbolResult));

    private static string NameOf(SymbolResult? result) => result switch
    {
        ArgumentResult { Parent: OptionResult option } => option.Option.Name,
        ArgumentResult argument => argument.Argument.Name,
        OptionResult option => option.Option.Name,
        _ => "recurrent",
    };

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-';

    [GeneratedRegex(@"^\w+ '(.*?)' not recognized\. Must be one of:(.*)$", RegexOptions.Singleline)]
    private static partial Regex Choice();

    [GeneratedRegex(@"'(.*?)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("^Required argument missing for option: '(.*?)'")]
    private static partial Regex NoValue();

    [GeneratedRegex("^Required argument ('.*' )?missing for command|^Option '.*' is required")]
    private static partial Regex Missing();

    [GeneratedRegex(@"^Cannot parse argument '(.*?)'")]
    private static partial Regex CannotParse();
}
