using System.CommandLine;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent help</c>: what <c>--help</c> shows, for who looks for a command first.</summary>
internal static class HelpCommand
{
    private const string Name = "help";

    /// <summary>The command.</summary>
    /// <param name="known">The commands that it explains.</param>
    /// <param name="run">Runs another command line.</param>
    public static Command Create(IReadOnlyList<Command> known, Func<string[], TextWriter, TextWriter, int> run)
    {
        var chosen = new Argument<string?>("COMMAND")
        {
            Description = "The command that is explained. Default: all of them, briefly.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        chosen.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value != Name
                && known.All(command => command.Name != token.Value))
            {
                result.AddError(ParseErrors.NoCommand(token.Value, known));
            }
        });
        var command = new Command(Name, "Explains a command.") { chosen };
        command.SetAction(parsed => run(
            parsed.GetValue(chosen) is { } one ? [one, "--help"] : ["--help"],
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }
}
