using System.CommandLine;
using System.Globalization;
using Recurrent.Cli.Bench;
using Recurrent.Formats;

namespace Recurrent.Cli.Commands;

/// <summary>The options that describe a network and how it is called; of more than one command.</summary>
internal sealed class NetworkOptions
{
    private const int MostLayers = 1024;

    private readonly Option<int?> _hidden = Number("--hidden", "H", 1, 1 << 20, "Hidden units of a layer.");
    private readonly Option<int?> _input = Number(
        "--input", "I", 1, 1 << 20, "Input features per step. Default: as many as hidden units.");

    private readonly Option<int?> _layers = Number("--layers", "N", 1, MostLayers, "Layers. Default: 1.");
    private readonly Option<bool> _bidirectional = new("--bidirectional")
    {
        Description = "Every layer reads its sequence in both directions.",
    };

    private readonly Option<int?> _batch = Number(
        "--batch", "B", 1, int.MaxValue, "Streams that advance together. Default: 1.");

    private readonly Option<int?> _time = Number(
        "--time", "T", 1, int.MaxValue,
        "Steps per call. 1, the default, is a stream: one step per call, states carried on; more are whole sequences, each "
        + "from zero states.");

    private readonly ModelFileOptions _modelFile = new();
    private readonly Option<string?> _isa;
    private readonly Option<int?> _threads;

    /// <summary>The options of one command.</summary>
    /// <param name="isa">What the command does with an instruction set.</param>
    /// <param name="threads">What it does with a number of threads.</param>
    public NetworkOptions(string isa, string threads)
    {
        _isa = InstructionSetOption(isa);
        _threads = Number("--threads", "N", 1, Candidate.MostThreads, threads);
    }

    // A file has these itself.
    private IEnumerable<Option> SizesOfLayers => [_hidden, _input, _layers, _bidirectional];

    private IEnumerable<Option> Sizes => [.. SizesOfLayers, _batch, _time];

    public void AddTo(Command command)
    {
        foreach (Option option in Sizes.Append(_isa).Append(_threads))
        {
            command.Add(option);
        }

        _modelFile.AddTo(command);
    }

    /// <summary>Whether the command line says anything about the network's sizes.</summary>
    public bool HasSizes(ParseResult parsed) => FirstGiven(parsed, Sizes) is not null;

    /// <summary>The name of an option that the command line has; null if it has none of these.</summary>
    public string? AnyGiven(ParseResult parsed) =>
        FirstGiven(parsed, [.. Sizes, _isa, _threads]) ?? _modelFile.AnyGiven(parsed);

    /// <summary>Reads what a network is and how it is called.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="network">The name of a cell, or a model's file.</param>
    /// <exception cref="UnusableInputException">It is neither, or the options are those of the other.</exception>
    public BenchRequest Read(ParseResult parsed, string network)
    {
        BenchRequest request = ReadSizes(parsed, network);
        if (!Workloads.Cells.Contains(network))
        {
            return FirstGiven(parsed, SizesOfLayers) is { } size
                ? throw new UnusableInputException($"{size}: expected only with a cell; '{network}' has sizes of its own.")
                : request with { File = network, Model = Load(parsed, network) };
        }

        return _modelFile.AnyGiven(parsed) is { } option
            ? throw new UnusableInputException($"{option}: expected only with a model's file, found the cell '{network}'.")
            : request;
    }

    private ImportedModel Load(ParseResult parsed, string network)
    {
        if (!File.Exists(network) && !Path.HasExtension(network))
        {
            throw new UnusableInputException(
                $"'{network}': expected {string.Join(", ", Workloads.Cells)}, or a model's file."
                + Suggestion.For(network, Workloads.Cells));
        }

        return ModelFileOptions.Load(network, _modelFile.Read(parsed));
    }

    private BenchRequest ReadSizes(ParseResult parsed, string cell) => new()
    {
        Cell = cell,
        Hidden = parsed.GetValue(_hidden),
        Input = parsed.GetValue(_input),
        Layers = parsed.GetValue(_layers),
        Bidirectional = parsed.GetValue(_bidirectional),
        Batch = parsed.GetValue(_batch) ?? 1,
        Time = parsed.GetValue(_time) ?? 1,
        InstructionSet = ReadInstructionSet(parsed, _isa),
        Threads = parsed.GetValue(_threads),
    };

    /// <summary>An option that takes the name of an instruction set.</summary>
    public static Option<string?> InstructionSetOption(string description)
    {
        var option = new Option<string?>("--isa") { Description = description, HelpName = "SET" };
        option.AcceptOnlyFromAmong([.. InstructionSetNames.All.Select(InstructionSetNames.Of)]);
        return option;
    }

    /// <summary>The instruction set that such an option names; null if it is not given.</summary>
    public static InstructionSet? ReadInstructionSet(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } isa ? InstructionSetNames.Parse(isa) : null;

    /// <summary>An option that takes a whole number of a range.</summary>
    public static Option<int?> Number(string name, string helpName, int least, int most, string description)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0
                && !(int.TryParse(result.Tokens[0].Value, out int value) && value >= least && value <= most))
            {
                result.AddError($"{name}: expected a whole number from {least} to {most}, found '{result.Tokens[0].Value}'.");
            }
        });
        return option;
    }

    /// <summary>An option that takes a number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="helpName">What its value is called.</param>
    /// <param name="expected">What is expected, for messages.</param>
    /// <param name="isValid">Whether a number is that.</param>
    /// <param name="description">What it is for.</param>
    public static Option<double?> Real(
        string name, string helpName, string expected, Func<double, bool> isValid, string description)
    {
        var option = new Option<double?>(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0
                && !(double.TryParse(
                    result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                    && isValid(value)))
            {
                result.AddError($"{name}: expected {expected}, found '{result.Tokens[0].Value}'.");
            }
        });
        return option;
    }

    /// <summary>An option that takes one of some words.</summary>
    public static Option<string?> Choice(string name, string helpName, string[] values, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = helpName };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    /// <summary>The name of the first of some options that the command line has; null if it has none.</summary>
    public static string? FirstGiven(ParseResult parsed, IEnumerable<Option> options) =>
        options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;
}
