using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>A trained model, and how it became that.</summary>
internal sealed record TrainResult
{
    public required History History { get; init; }

    /// <summary>How long training took, without what was done before an interruption.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Epochs that the checkpoint had already.</summary>
    public required int EpochsBefore { get; init; }

    /// <summary>The epoch whose parameters the model has, from 0; null for the last one.</summary>
    public required int? BestEpoch { get; init; }

    /// <summary>Whether it ended because nothing became better any more.</summary>
    public required bool Stopped { get; init; }

    /// <summary>Parameters that were trained.</summary>
    public required int ParameterCount { get; init; }

    /// <summary>The model of values of the series.</summary>
    public required ModelDefinition Definition { get; init; }

    /// <summary>Forecasts of the test part, scaled, <c>[count, horizon * features]</c>.</summary>
    public required float[] Test { get; init; }

    /// <summary>
    /// Forecasts of the test part by weights that were rounded, values of the series; null if the weights are those of the
    /// training.
    /// </summary>
    public float[]? Rounded { get; init; }
}
