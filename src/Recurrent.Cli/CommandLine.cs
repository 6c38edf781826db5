using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Recurrent.Cli.Commands;

namespace Recurrent.Cli;

/// <summary>The command line as a whole.</summary>
internal static class CommandLine
{
    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        // Not a RootCommand: that one is called like the assembly, and the tool is not.
        var root = new Command(
            "recurrent",
            """
            The tool of Recurrent, a library for recurrent neural networks on a CPU.

              recurrent inspect model.onnx                       what a model file holds, and how fast a step of it is here
              recurrent run model.onnx -i x.npy -o y.npy         compute it
              recurrent compare model.onnx --reference           is it the same in the managed reference?
              recurrent convert amplifier.nam amplifier.onnx     write it in another format
              recurrent train series.csv -o model.onnx           learn to forecast a series
              recurrent verify tests/golden/torch                known results on every instruction set
              recurrent bench lstm --hidden 128                  how fast a network of your sizes is here
              recurrent info                                     what this machine offers

            'recurrent COMMAND --help' has the options and examples of each.
            """)
        {
            InfoCommand.Create(),
            InspectCommand.Create(),
            RunCommand.Create(),
            BenchCommand.Create(),
            VerifyCommand.Create(),
            CompareCommand.Create(),
            ConvertCommand.Create(),
            TrainCommand.Create(),
            new HelpOption(),
            new VersionOption(),
        };
        Shorten(root, arguments);
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction action)
        {
            // Who makes a mistake wants to see it, not pages of help below it.
            action.ShowHelp = arguments.Length == 0;
            action.ShowTypoCorrections = false;
        }

        int exitCode = parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
        return parsed.Errors.Count == 0 ? exitCode : ExitCode.Unusable;
    }

    // The list of commands shows the first sentence of each; a command's own help shows everything.
    private static void Shorten(Command root, string[] arguments)
    {
        foreach (Command command in root.Subcommands.Where(command => !arguments.Contains(command.Name)))
        {
            int end = command.Description!.AsSpan().IndexOfAny(".:;");
            command.Description = command.Description![..end].ReplaceLineEndings(" ") + ".";
        }
    }
}
