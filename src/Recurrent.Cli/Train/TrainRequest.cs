using System.Globalization;

namespace Recurrent.Cli.Train;

/// <summary>What is trained on what, and how.</summary>
internal sealed record TrainRequest
{
    /// <summary>The file of the series.</summary>
    public required string File { get; init; }

    /// <summary>Names or numbers of the columns; empty for the only one.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    public required MissingPolicy Missing { get; init; }

    /// <summary>Steps that a forecast is made from.</summary>
    public required int Window { get; init; }

    /// <summary>Steps that are forecast.</summary>
    public required int Horizon { get; init; }

    /// <summary>Share of the steps that the model is judged by, the last ones.</summary>
    public required double TestShare { get; init; }

    /// <summary>Share of the steps before those that is validated on; 0 for none.</summary>
    public required double ValidationShare { get; init; }

    /// <summary>lstm, gru or rnn.</summary>
    public required string Cell { get; init; }

    public required int Hidden { get; init; }

    public required int Layers { get; init; }

    public required double Dropout { get; init; }

    /// <summary>adam, adamw, rmsprop or sgd.</summary>
    public required string Optimizer { get; init; }

    public required double Rate { get; init; }

    /// <summary>The largest norm of the gradients; 0 for any.</summary>
    public required double Clip { get; init; }

    public required int Epochs { get; init; }

    public required int Batch { get; init; }

    /// <summary>Epochs without improvement after which training stops; null for never.</summary>
    public required int? Patience { get; init; }

    public required int Seed { get; init; }

    public required int Threads { get; init; }

    public required GemmProvider Gemm { get; init; }

    /// <summary>The file that training is kept in, and goes on from if it is there.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>
    /// Whether the user has not named that file: then it is there until the model is written, and one of another training is
    /// replaced.
    /// </summary>
    public required bool RemovesCheckpoint { get; init; }

    /// <summary>
    /// The settings that a checkpoint is only good for if they are the same, as in <c>--window 10</c>. More epochs and other
    /// threads give the same as if they had been given from the beginning.
    /// </summary>
    public IEnumerable<string> Identity =>
    [
        Setting("--missing", Missing), Setting("--window", Window), Setting("--horizon", Horizon),
        Setting("--test", TestShare), Setting("--validation", ValidationShare), Setting("--cell", Cell),
        Setting("--hidden", Hidden), Setting("--layers", Layers), Setting("--dropout", Dropout),
        Setting("--optimizer", Optimizer), Setting("--rate", Rate), Setting("--clip", Clip), Setting("--batch", Batch),
        Setting("--patience", Patience?.ToString(CultureInfo.InvariantCulture) ?? "none"), Setting("--seed", Seed),
        Setting("--gemm", Gemm),
    ];

    private static string Setting<T>(string name, T value)
        where T : notnull =>
        string.Create(CultureInfo.InvariantCulture, $"{name} {value}");
}
