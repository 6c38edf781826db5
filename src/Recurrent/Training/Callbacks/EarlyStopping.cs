using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>Stops training when a metric does not get better any more (Keras <c>EarlyStopping</c>).</summary>
/// <param name="monitor">The metric, by its name in the history.</param>
/// <param name="patience">Epochs in a row without improvement after which training stops.</param>
/// <param name="minDelta">The least difference that is an improvement.</param>
/// <param name="restoreBestWeights">
/// Whether the parameters of the best epoch are put back at the end, whatever has ended training.
/// </param>
/// <param name="mode">Which way the metric gets better.</param>
/// <param name="startFromEpoch">Epochs at the beginning that are not watched.</param>
/// <param name="baseline">
/// What the metric has to be better than: epochs that are not count as epochs without improvement; null for nothing.
/// </param>
public sealed class EarlyStopping(
    string monitor = "val_loss",
    int patience = 0,
    double minDelta = 0,
    bool restoreBestWeights = false,
    MonitorMode mode = MonitorMode.Auto,
    int startFromEpoch = 0,
    double? baseline = null)
    : Callback
{
    private readonly Monitor _monitor = Monitor.Of(monitor, mode, minDelta);
    private readonly int _patience = Require.Within(patience, 0, int.MaxValue, nameof(patience));
    private ParameterSnapshot? _best;
    private int _wait;

    /// <summary>The epoch after which training was stopped, from 0; null if it was not.</summary>
    public int? StoppedEpoch { get; private set; }

    /// <summary>The epoch with the best metric, from 0; null before there is one.</summary>
    public int? BestEpoch { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingRun run)
    {
        _monitor.Best = double.NaN;
        _wait = 0;
        _best = null;
        StoppedEpoch = null;
        BestEpoch = null;
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, IReadOnlyDictionary<string, double> metrics)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(metrics);
        double value = _monitor.ValueIn(metrics);
        if (run.Epoch < startFromEpoch)
        {
            return;
        }

        if (_monitor.Improves(value))
        {
            // As in Keras: without the baseline the wait goes on, but it does not end at an epoch that improves.
            _monitor.Best = value;
            _wait = baseline is { } least && !_monitor.IsBetter(value, least) ? _wait + 1 : 0;
            BestEpoch = run.Epoch;
            _best = restoreBestWeights ? run.CaptureParameters(_best) : null;
            return;
        }

        _wait++;
        if (_wait >= _patience && run.Epoch > 0)
        {
            StoppedEpoch = run.Epoch;
            run.StopTraining = true;
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_best is not null)
        {
            run.RestoreParameters(_best);
        }
    }

    /// <inheritdoc/>
    public override void Save(TrainingCheckpoint checkpoint, string prefix)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        checkpoint.SetValues<double>($"{prefix}.best", [_monitor.Best]);
        checkpoint.SetValues<long>($"{prefix}.wait", [_wait, BestEpoch ?? -1, StoppedEpoch ?? -1]);
        if (_best is not null)
        {
            checkpoint.SetSnapshot($"{prefix}.best_parameters", _best);
        }
    }

    /// <inheritdoc/>
    public override void Restore(TrainingRun run, TrainingCheckpoint checkpoint, string prefix)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(checkpoint);
        _monitor.Best = checkpoint.GetValues<double>($"{prefix}.best", 1)[0];
        long[] counts = checkpoint.GetValues<long>($"{prefix}.wait", 3);
        _wait = (int)counts[0];
        BestEpoch = counts[1] < 0 ? null : (int)counts[1];
        StoppedEpoch = counts[2] < 0 ? null : (int)counts[2];
        _best = checkpoint.Has($"{prefix}.best_parameters")
            ? run.LoadSnapshot(checkpoint, $"{prefix}.best_parameters")
            : null;
    }
}
