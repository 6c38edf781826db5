using System.CommandLine;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Display;
using Recurrent.Plots;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent bench</c>: how fast a user's own network is on the user's own machine.</summary>
internal sealed class BenchCommand
{
    private const string RecurrentIsa = "RECURRENT_ISA";
    private const double DefaultSeconds = 2;

    private readonly Argument<string> _network = new("CELL|FILE")
    {
        Description = "The cell: lstm, gru (reset after the product, as PyTorch and Keras have it), gru_before (reset "
            + "before it) or rnn; or a model's file of any format that is known.",
    };

    private readonly NetworkOptions _options = new(
        isa: $"The only instruction set to try: {InstructionSetNames.Listed}. Default: every vector one of this machine.",
        threads: "The only number of threads to try; may be more than the machine has processors. Default: 1, 2, 4, … up "
            + "to the processors.");

    private readonly Option<int?> _block = NetworkOptions.Number(
        "--calls-per-sample", "N", 1, 1 << 20,
        $"Calls that are timed together. Default: {Sampler.ShortBlock} where a call takes less than 1 us, else 1. With 1 "
        + "the slowest call of all is seen; reading the clock adds some tens of nanoseconds to each.");

    private readonly Option<double?> _seconds = NetworkOptions.Real(
        "--seconds", "S", "more than 0 and at most 86400", value => value is > 0 and <= 86_400,
        $"How long latencies are measured, half of it for the control. Default: {DefaultSeconds}. A longer run takes no "
        + "more memory: 600 shows the tail of ten minutes.");

    private readonly Option<string?> _plot = new("--plot", "--svg")
    {
        Description = $"Also draw the histogram into this file, {PlotFile.Kinds}.",
        HelpName = "FILE",
    };

    private readonly WeightsOption _weights = new(
        "The format of the weights of recurrent layers; all others are float32. Default: what the model's file says, else float32.");

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON and nothing else." };

    // Of those that a session can use.
    private static int Processors => Math.Min(Machine.Processors, Candidate.MostThreads);

    public static Command Create()
    {
        var options = new BenchCommand();
        var command = new Command(
            "bench",
            """
            Measures a network of your sizes, or your model, on this machine, through the public API.

            Tries every vector instruction set with 1, 2, 4, … threads up to the machine's processors in short turns,
            shows what the cost model predicted for each beside it, and recommends one of them. Then measures its latency
            at length: percentiles and a histogram, beside an empty loop that shows what the machine itself adds; the
            rate of the products; and how near that is to what this machine can do at most. --threads tries another
            number of threads, above the processors too.
            Close other programs first.
            Exit code 0: measured; 2: the request cannot be measured here.

              recurrent bench lstm --hidden 128                      a stream
              recurrent bench gru --hidden 256 --time 100            sequences
              recurrent bench lstm --hidden 512 --batch 32 --time 50 batches
              recurrent bench model.onnx                             your own model
              recurrent bench lstm --hidden 256 --weights int8       8-bit weights
              recurrent bench lstm --hidden 20 --seconds 600 --calls-per-sample 1
                  the slowest step of ten minutes
            """)
        {
            options._network,
        };
        options._options.AddTo(command);
        options._weights.AddTo(command);
        foreach (Option option in new Option[] { options._seconds, options._block, options._plot, options._json })
        {
            command.Add(option);
        }

        command.SetAction(parsed => CommandFrame.Run(parsed, () => options.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        string? plot = parsed.GetValue(_plot);
        if (plot is not null)
        {
            // Refused first: a measurement takes a while, and its plot has to go somewhere.
            PlotFile.RequireWritable(plot);
        }

        BenchRequest request = Read(parsed);
        InstructionSet? forced = Environment.GetEnvironmentVariable(RecurrentIsa) is null ? null : Machine.InstructionSet;
        IReadOnlyList<Candidate> candidates = Candidate.For(request, Machine.InstructionSets, Processors, forced);
        Workload workload = Workloads.Of(request);
        new ImportNotes(error).Tell(request.File ?? string.Empty, request.Model?.Notes ?? []);
        WeightsOption.TellWithoutEffect(workload.Model, request.Weights, error);
        BenchReport report = ProgressBar.Show(
            "measuring", BenchRun.Turns(request, candidates), error,
            progress => BenchRun.Measure(request, workload, candidates, progress));
        Write(report, parsed.GetValue(_json), parsed.InvocationConfiguration.Output);
        if (plot is not null)
        {
            HistogramPlot.Of(report).Save(plot);
        }

        return ExitCode.Success;
    }

    private BenchRequest Read(ParseResult parsed) => _options.Read(parsed, parsed.GetRequiredValue(_network)) with
    {
        Seconds = parsed.GetValue(_seconds) ?? DefaultSeconds,
        Block = parsed.GetValue(_block),
        Weights = _weights.Read(parsed),
    };

    private static void Write(BenchReport report, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(BenchJson.Write(report));
        }
        else
        {
            BenchText.Write(report, output);
        }
    }
}
