using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>Lowers the learning rate when a metric does not get better any more (Keras <c>ReduceLROnPlateau</c>).</summary>
/// <param name="monitor">The metric, by its name in the history.</param>
/// <param name="factor">What the rate is multiplied by, from 0 to below 1.</param>
/// <param name="patience">Epochs in a row without improvement after which the rate is lowered.</param>
/// <param name="minDelta">The least difference that is an improvement.</param>
/// <param name="cooldown">Epochs after a change that do not count.</param>
/// <param name="minRate">The rate is not lowered below this.</param>
/// <param name="mode">Which way the metric gets better.</param>
public sealed class ReduceOnPlateau(
    string monitor = "val_loss",
    double factor = 0.1,
    int patience = 10,
    double minDelta = 1e-4,
    int cooldown = 0,
    double minRate = 0,
    MonitorMode mode = MonitorMode.Auto)
    : Callback
{
    private readonly Monitor _monitor = Monitor.Of(monitor, mode, minDelta);
    private readonly double _factor = Require.Within(factor, 0, Math.BitDecrement(1.0), nameof(factor));
    private int _wait;
    private int _cooling;

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingRun run)
    {
        _monitor.Best = double.NaN;
        _wait = 0;
        _cooling = 0;
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, IReadOnlyDictionary<string, double> metrics)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(metrics);
        double value = _monitor.ValueIn(metrics);
        if (_cooling > 0)
        {
            _cooling--;
            _wait = 0;
        }

        if (_monitor.Improves(value))
        {
            _monitor.Best = value;
            _wait = 0;
        }
        else if (_cooling == 0 && ++_wait >= patience)
        {
            Lower(run);
        }
    }

    /// <inheritdoc/>
    public override void Save(TrainingCheckpoint checkpoint, string prefix)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        checkpoint.SetValues<double>($"{prefix}.best", [_monitor.Best]);
        checkpoint.SetValues<long>($"{prefix}.wait", [_wait, _cooling]);
    }

    /// <inheritdoc/>
    public override void Restore(TrainingRun run, TrainingCheckpoint checkpoint, string prefix)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        _monitor.Best = checkpoint.GetValues<double>($"{prefix}.best", 1)[0];
        long[] counts = checkpoint.GetValues<long>($"{prefix}.wait", 2);
        (_wait, _cooling) = ((int)counts[0], (int)counts[1]);
    }

    private void Lower(TrainingRun run)
    {
        double rate = run.LearningRate;
        if (rate > minRate)
        {
            run.LearningRateScale *= Math.Max(rate * _factor, minRate) / rate;
            _cooling = cooldown;
            _wait = 0;
        }
    }
}
