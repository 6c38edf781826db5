using System.CommandLine;
using Recurrent.Cli.Bench;
using Recurrent.Formats;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent bench</c>: how fast a user's own network is on the user's own machine.</summary>
internal sealed class BenchCommand
{
    private const string RecurrentIsa = "RECURRENT_ISA";
    private const int MostLayers = 1024;
    private const int MostThreads = 256;

    private readonly Argument<string> _cell = new("CELL")
    {
        Description = "The cell: lstm, gru (reset after the product, as PyTorch and Keras have it), gru_before (reset "
            + "before it) or rnn.",
    };

    private readonly Option<int?> _hidden = Number("--hidden", "H", 1, 1 << 20, "Hidden units of a layer.");
    private readonly Option<int?> _input = Number(
        "--input", "I", 1, 1 << 20, "Input features of a step. Default: as many as hidden units.");

    private readonly Option<int?> _layers = Number("--layers", "N", 1, MostLayers, "Layers. Default: 1.");
    private readonly Option<bool> _bidirectional = new("--bidirectional")
    {
        Description = "Every layer reads its sequence in both directions.",
    };

    private readonly Option<int?> _batch = Number(
        "--batch", "B", 1, int.MaxValue, "Streams that advance together. Default: 1.");

    private readonly Option<int?> _time = Number(
        "--time", "T", 1, int.MaxValue,
        "Steps of a call. 1, the default, is a stream: a step a call, states carried on; more are whole sequences, each "
        + "from zero states.");

    private readonly Option<FileInfo?> _model = new("--model")
    {
        Description = "A trained PyTorch module in a safetensors file, instead of sizes.",
        HelpName = "FILE",
    };

    private readonly Option<string> _module = new("--module")
    {
        Description = "Name of the module in that file: 'lstm' takes lstm.weight_ih_l0. Default: none.",
        HelpName = "NAME",
        DefaultValueFactory = _ => string.Empty,
    };

    private readonly Option<string?> _isa = new("--isa")
    {
        Description = "The only instruction set to try: scalar, avx2 or avx512. Default: every vector one of this machine.",
        HelpName = "SET",
    };

    private readonly Option<int?> _threads = Number(
        "--threads", "N", 1, MostThreads, "The only number of threads to try. Default: 1, 2, 4, … up to the processors.");

    private readonly Option<double> _seconds = new("--seconds")
    {
        Description = "How long latencies are measured, half of it for the control. Default: 2.",
        HelpName = "S",
        DefaultValueFactory = _ => 2,
    };

    private readonly Option<FileInfo?> _svg = new("--svg")
    {
        Description = "Also draw the histogram into this file.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON and nothing else." };

    private BenchCommand()
    {
        _cell.AcceptOnlyFromAmong(Workloads.Cells);
        _isa.AcceptOnlyFromAmong([.. Enum.GetValues<InstructionSet>().Where(isa => isa >= 0).Select(Candidate.NameOf)]);
        _seconds.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<double>() is not (> 0 and <= 86_400))
            {
                result.AddError($"--seconds: expected more than 0 and at most 86400, found {result.Tokens[0].Value}.");
            }
        });
    }

    public static Command Create()
    {
        var options = new BenchCommand();
        var command = new Command(
            "bench",
            """
            Measures a network of your sizes on this machine, through the public API.

            Tries every vector instruction set with 1, 2, 4, … threads in short turns and recommends one of them, then
            measures its latency at length: percentiles and a histogram, beside an empty loop that shows what the
            machine itself adds; the rate of the products; and how near that is to what this machine can do at most.
            Close other programs first. Exit code 0: measured; 2: the request cannot be measured here.

              recurrent bench lstm --hidden 128                        a stream, one step a call
              recurrent bench gru --input 40 --hidden 256 --time 100   sequences of 100 steps
              recurrent bench lstm --hidden 512 --batch 32 --time 50   batches
              recurrent bench lstm --model trained.safetensors         your own weights
            """)
        {
            options._cell, options._hidden, options._input, options._layers, options._bidirectional, options._batch,
            options._time, options._model, options._module, options._isa, options._threads, options._seconds,
            options._svg, options._json,
        };
        command.SetAction(parsed => Run(
            options.Read(parsed),
            parsed.GetValue(options._svg),
            parsed.GetValue(options._json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private BenchRequest Read(ParseResult parsed) => new()
    {
        Cell = parsed.GetRequiredValue(_cell),
        Hidden = parsed.GetValue(_hidden),
        Input = parsed.GetValue(_input),
        Layers = parsed.GetValue(_layers),
        Bidirectional = parsed.GetValue(_bidirectional),
        Batch = parsed.GetValue(_batch) ?? 1,
        Time = parsed.GetValue(_time) ?? 1,
        Model = parsed.GetValue(_model)?.ToString(),
        Module = parsed.GetRequiredValue(_module),
        InstructionSet = parsed.GetValue(_isa) is { } isa ? Enum.Parse<InstructionSet>(isa, ignoreCase: true) : null,
        Threads = parsed.GetValue(_threads),
        Seconds = parsed.GetValue(_seconds),
    };

    private static int Run(BenchRequest request, FileInfo? svg, bool json, TextWriter output, TextWriter error)
    {
        try
        {
            InstructionSet? forced =
                Environment.GetEnvironmentVariable(RecurrentIsa) is null ? null : Machine.InstructionSet;
            IReadOnlyList<Candidate> candidates =
                Candidate.For(request, Machine.InstructionSets, Machine.Processors, forced);
            Workload workload =
                request.Model is { } path ? Workloads.OfFile(request, path) : Workloads.OfSizes(request);
            // Opened first: a measurement takes a while, and its plot has to go somewhere.
            using StreamWriter? plot = svg?.CreateText();
            BenchReport report = BenchRun.Measure(request, workload, candidates);
            plot?.Write(HistogramPlot.Draw(
                $"{workload.Name}; batch {workload.Batch}, time {workload.Time}; {report.Recommended.Candidate}",
                report.Bins,
                BenchReport.Percentiles(report.Latencies).Where(mark => mark.Name is "p50" or "p99" or "p99.9")));
            if (json)
            {
                output.WriteLine(BenchJson.Write(report));
            }
            else
            {
                BenchText.Write(report, output);
            }

            return ExitCode.Success;
        }
        catch (Exception e) when (e is UnusableInputException or IOException or UnauthorizedAccessException
            or ModelFormatException or NativeLibraryException or ArgumentException or PlatformNotSupportedException
            or InsufficientMemoryException or OutOfMemoryException)
        {
            error.WriteLine($"error: {e.Message}");
            return ExitCode.Unusable;
        }
    }

    private static Option<int?> Number(string name, string helpName, int least, int most, string description)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0
                && !(int.TryParse(result.Tokens[0].Value, out int value) && value >= least && value <= most))
            {
                result.AddError($"{name}: expected {least} to {most}, found {result.Tokens[0].Value}.");
            }
        });
        return option;
    }
}
