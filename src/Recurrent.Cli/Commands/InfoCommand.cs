using System.CommandLine;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Info;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent info</c>: what the library is, what it found on this machine and what it chooses there.</summary>
internal sealed class InfoCommand
{
    private readonly Option<bool> _gemm = new("--gemm")
    {
        Description = "Also measure what GemmProvider.Auto takes for large products here, the built-in product or Intel "
            + "MKL, over typical sizes of an LSTM and on each instruction set. Takes some seconds.",
    };

    private readonly Option<string?> _plan = new("--plan")
    {
        Description = "Also show how a session with threads divides a call, and what the cost model predicts for every "
            + "way: for the network and the call of the options below, or without sizes for typical ones. The cell is "
            + "lstm, the default, gru, gru_before or rnn; or it is a model's file.",
        HelpName = "CELL|FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly NetworkOptions _network = new(
        isa: $"With --plan: the instruction set, {InstructionSetNames.Listed}. Default: the one in use.",
        threads: "With --plan: threads of the session. Default: as many as processors.");

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };

    public static Command Create()
    {
        var options = new InfoCommand();
        var command = new Command(
            "info",
            """
            Shows the versions, the processor with its caches and the instruction sets that the kernels can use, and
            whether Intel MKL was found.
            Exit code 2: the native library cannot be used, or the request makes no sense.

              recurrent info --plan                                 typical calls
              recurrent info --plan lstm --hidden 256 --time 100    every way to divide it
              recurrent info --plan model.onnx --batch 8 --threads 4
            """)
        {
            options._gemm, options._plan,
        };
        options._network.AddTo(command);
        command.Add(options._json);
        command.SetAction(parsed => CommandFrame.Run(parsed, () => options.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        InfoReport report = Find(parsed);
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            output.WriteLine(InfoJson.Write(report));
        }
        else
        {
            InfoText.Write(report, output);
        }

        return ExitCode.Success;
    }

    private InfoReport Find(ParseResult parsed) =>
        new(parsed.GetValue(_gemm) ? ProductChoice.OfThisMachine() : [], FindPlans(parsed));

    private IReadOnlyList<ThreadPlan> FindPlans(ParseResult parsed)
    {
        if (parsed.GetResult(_plan) is not { Implicit: false })
        {
            return _network.AnyGiven(parsed) is { } name
                ? throw new UnusableInputException($"{name}: expected only together with --plan.")
                : [];
        }

        BenchRequest request = _network.Read(parsed, parsed.GetValue(_plan) ?? Workloads.Cells[0]);
        new ImportNotes(parsed.InvocationConfiguration.Error).Tell(request.File ?? string.Empty, request.Model?.Notes ?? []);
        return request.Model is not null || _network.HasSizes(parsed) ? [ThreadPlan.Of(request)] : ThreadPlan.Typical(request);
    }
}
