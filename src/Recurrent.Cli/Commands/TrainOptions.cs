using System.CommandLine;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Train;

namespace Recurrent.Cli.Commands;

/// <summary>The options of <c>recurrent train</c> that say what is learnt and how.</summary>
internal sealed class TrainOptions
{
    private const double DefaultShare = 0.2;

    private readonly Option<string[]> _columns = new("--column")
    {
        Description = "A column to learn and forecast, by its name in the first line or its number from 1. May be repeated: "
            + "all are forecast from all. Default: the only one.",
        HelpName = "NAME|N",
    };

    private readonly Option<string?> _missing = NetworkOptions.Choice(
        "--missing", "POLICY", ["drop", "mean", "median", "mode", "previous", "mask", "predicted"],
        "What to do about missing values: drop their steps; put the mean, the median or the mode of the training part, the "
            + "previous value, or predictions of small forecasters of the training part in their place; mask: the model skips "
            + "them. Default: refuse the file.");

    private readonly Option<int?> _window = NetworkOptions.Number(
        "--window", "T", 1, 1 << 20, "Steps that a forecast is made from. Default: 10.");

    private readonly Option<int?> _horizon = NetworkOptions.Number(
        "--horizon", "N", 1, 1 << 16, "Steps that are forecast at once. Default: 1.");

    private readonly Option<double?> _test = NetworkOptions.Real(
        "--test", "SHARE", "above 0 and below 1", value => value is > 0 and < 1,
        "Share of the steps, the last ones, that the model is judged by. Default: 0.2.");

    private readonly Option<double?> _validation = NetworkOptions.Real(
        "--validation", "SHARE", "0 or more and below 1", value => value is >= 0 and < 1,
        "Share of the steps before those that is validated on after every epoch. Default: 0, or 0.2 with --patience.");

    private readonly Option<string?> _cell = NetworkOptions.Choice(
        "--cell", "CELL", ["lstm", "gru", "rnn"], "The cell: lstm, gru (reset after the product) or rnn. Default: lstm.");

    private readonly Option<int?> _hidden = NetworkOptions.Number(
        "--hidden", "H", 1, 1 << 14, "Hidden units of a layer. Default: 20.");

    private readonly Option<int?> _layers = NetworkOptions.Number("--layers", "N", 1, 256, "Layers. Default: 1.");

    private readonly Option<double?> _dropout = NetworkOptions.Real(
        "--dropout", "RATE", "0 or more and below 1", value => value is >= 0 and < 1,
        "Share of what goes from one layer to the next that is dropped in training. Default: 0.");

    private readonly Option<int?> _epochs = NetworkOptions.Number(
        "--epochs", "N", 1, int.MaxValue, "Times that the training part is gone through. Default: 100.");

    private readonly Option<int?> _batch = NetworkOptions.Number(
        "--batch", "B", 1, 1 << 20, "Windows of an update. Default: 32.");

    private readonly Option<string?> _optimizer = NetworkOptions.Choice(
        "--optimizer", "NAME", ["adam", "adamw", "rmsprop", "sgd"],
        "adam, adamw, rmsprop, or sgd with a momentum of 0.9. Default: adam.");

    private readonly Option<double?> _rate = NetworkOptions.Real(
        "--rate", "R", "a number above 0", value => value > 0 && double.IsFinite(value), "The learning rate. Default: 0.001.");

    private readonly Option<double?> _clip = NetworkOptions.Real(
        "--clip", "NORM", "0 or more", value => value >= 0 && double.IsFinite(value),
        "Gradients of a larger norm are scaled down to it; 0 for none. Default: 0.");

    private readonly Option<int?> _patience = NetworkOptions.Number(
        "--patience", "N", 1, int.MaxValue,
        "Stop after N epochs in which validation has not become better, and keep the best epoch. Default: never.");

    private readonly Option<int?> _seed = NetworkOptions.Number(
        "--seed", "N", 0, int.MaxValue, "Where parameters, order and dropout come from. Default: 1.");

    private readonly Option<int?> _threads = NetworkOptions.Number(
        "--threads", "N", 1, Candidate.MostThreads, "Threads that share the work. Default: 1.");

    private readonly Option<string?> _gemm = NetworkOptions.Choice(
        "--gemm", "NAME", ["builtin", "mkl", "auto"],
        "Who computes large products; with builtin a run gives the same bits every time. Default: builtin.");

    private IEnumerable<Option> All =>
    [
        _columns, _missing, _window, _horizon, _test, _validation, _cell, _hidden, _layers, _dropout, _epochs, _batch,
        _optimizer, _rate, _clip, _patience, _seed, _threads, _gemm,
    ];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>Takes the values, and the defaults where there are none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">The file of the series.</param>
    /// <param name="output">The model's file, beside which training is kept.</param>
    /// <param name="checkpoint">The file that it is kept in instead; null for none.</param>
    /// <exception cref="UnusableInputException">Two of them contradict each other.</exception>
    public TrainRequest Read(ParseResult parsed, string file, string output, string? checkpoint)
    {
        int? patience = parsed.GetValue(_patience);
        double validation = parsed.GetValue(_validation) ?? (patience is null ? 0 : DefaultShare);
        if (patience is not null && validation == 0)
        {
            throw new UnusableInputException("--patience: expected a --validation above 0, found 0.");
        }

        return new TrainRequest
        {
            File = file,
            Columns = parsed.GetValue(_columns) ?? [],
            Missing = Enum.Parse<MissingPolicy>(
                parsed.GetValue(_missing) ?? nameof(MissingPolicy.Refuse), ignoreCase: true),
            Window = parsed.GetValue(_window) ?? 10,
            Horizon = parsed.GetValue(_horizon) ?? 1,
            TestShare = parsed.GetValue(_test) ?? DefaultShare,
            ValidationShare = validation,
            Cell = parsed.GetValue(_cell) ?? "lstm",
            Hidden = parsed.GetValue(_hidden) ?? 20,
            Layers = parsed.GetValue(_layers) ?? 1,
            Dropout = parsed.GetValue(_dropout) ?? 0,
            Optimizer = parsed.GetValue(_optimizer) ?? "adam",
            Rate = parsed.GetValue(_rate) ?? 1e-3,
            Clip = parsed.GetValue(_clip) ?? 0,
            Epochs = parsed.GetValue(_epochs) ?? 100,
            Batch = parsed.GetValue(_batch) ?? 32,
            Patience = patience,
            Seed = parsed.GetValue(_seed) ?? 1,
            Threads = parsed.GetValue(_threads) ?? 1,
            Gemm = Enum.Parse<GemmProvider>(parsed.GetValue(_gemm) ?? nameof(GemmProvider.BuiltIn), ignoreCase: true),
            Checkpoint = checkpoint ?? output + ".ckpt",
            RemovesCheckpoint = checkpoint is null,
        };
    }
}
