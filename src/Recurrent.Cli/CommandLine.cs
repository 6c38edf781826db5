using System.CommandLine;
using System.CommandLine.Help;
using Recurrent.Cli.Commands;
using Recurrent.Cli.Display;
using Recurrent.Messages;

namespace Recurrent.Cli;

/// <summary>The command line as a whole.</summary>
internal static class CommandLine
{
    private const string Description =
        """
        The tool of Recurrent, a library for recurrent neural networks on a CPU.

          recurrent inspect model.onnx                 what a model file holds
          recurrent run model.onnx -i x.npy -o y.npy   compute it
          recurrent compare model.onnx --reference     the same in the reference?
          recurrent convert amplifier.nam new.onnx     write it in another format
          recurrent train series.csv -o model.onnx     learn to forecast a series
          recurrent forecast model.onnx series.csv     continue the series
          recurrent verify tests/golden/torch          compute known results
          recurrent bench lstm --hidden 128            how fast your sizes are here
          recurrent info                               what this machine offers

        'recurrent help COMMAND' has the options and examples of each.
        """;

    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        Command root = Create();
        Shorten(root, arguments);
        ParseResult parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        if (parsed.Errors.Count > 0)
        {
            // Who makes a mistake wants to see it, not pages of help below it.
            foreach (string message in ParseErrors.Of(parsed))
            {
                error.WriteMessage($"error: {TerminalText.Line(message, MessageText.MaxLength)}");
            }

            return ExitCode.Unusable;
        }

        int exitCode = parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
        if (arguments.Length == 0)
        {
            error.WriteMessage("error: expected a command.");
            return ExitCode.Unusable;
        }

        return exitCode;
    }

    private static Command Create()
    {
        Command[] commands =
        [
            InfoCommand.Create(), InspectCommand.Create(), RunCommand.Create(), BenchCommand.Create(), VerifyCommand.Create(),
            CompareCommand.Create(), ConvertCommand.Create(), TrainCommand.Create(), ForecastCommand.Create(),
        ];

        // Not a RootCommand: that one is called like the assembly, and the tool is not.
        var root = new Command("recurrent", Description) { new HelpOption { Action = new HelpText() }, new VersionOption() };
        foreach (Command command in commands.Append(HelpCommand.Create(commands, Run)))
        {
            root.Add(command);
        }

        return root;
    }

    // The list of commands shows the first sentence of each; a command's own help shows everything.
    private static void Shorten(Command root, string[] arguments)
    {
        foreach (Command command in root.Subcommands)
        {
            string description = HelpText.Unfold(command.Description!);
            int end = description.AsSpan().IndexOfAny(".:;");
            command.Description = arguments.Contains(command.Name) ? description : $"{description[..end]}.";
        }
    }
}
