using System.CommandLine;
using System.CommandLine.Help;
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

              recurrent info                             what this machine offers
              recurrent info --gemm                      the same, and who multiplies large matrices faster
              recurrent info --plan lstm --hidden 256    when a session's threads are used, and what that should gain
              recurrent bench lstm --hidden 128          how fast a network of your sizes is here
              recurrent verify tests/golden/torch        compare with PyTorch on every instruction set
              recurrent verify DIR --isa avx2            the same on one instruction set
              recurrent verify DIR --json results.json   keep every result
            """)
        {
            InfoCommand.Create(),
            InspectCommand.Create(),
            RunCommand.Create(),
            BenchCommand.Create(),
            VerifyCommand.Create(),
            new HelpOption(),
            new VersionOption(),
        };
        ParseResult parsed = root.Parse(arguments);
        int exitCode = parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
        return parsed.Errors.Count == 0 ? exitCode : ExitCode.Unusable;
    }
}
