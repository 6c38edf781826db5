namespace Recurrent.Training;

/// <summary>Calls a function after every epoch (Keras <c>LambdaCallback</c>).</summary>
/// <param name="onEpochEnd">The function: the run, and the metrics of the epoch.</param>
public sealed class EpochCallback(Action<TrainingRun, IReadOnlyDictionary<string, double>> onEpochEnd) : Callback
{
    private readonly Action<TrainingRun, IReadOnlyDictionary<string, double>> _onEpochEnd =
        onEpochEnd ?? throw new ArgumentNullException(nameof(onEpochEnd));

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, IReadOnlyDictionary<string, double> metrics) =>
        _onEpochEnd(run, metrics);
}
