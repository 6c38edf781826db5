using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// Writes the state of training to a file, whole or not at all (Keras <c>ModelCheckpoint</c> and <c>BackupAndRestore</c>).
/// </summary>
/// <param name="path">
/// The file; its folder is made. <c>{epoch}</c> in it stands for the epoch, from 1.
/// </param>
/// <param name="everyBatches">Batches between two writes; 0 to write after every epoch.</param>
/// <param name="saveBestOnly">Whether it is written only after an epoch whose metric is the best so far.</param>
/// <param name="monitor">That metric.</param>
/// <param name="mode">Which way it gets better.</param>
public sealed class ModelCheckpoint(
    string path,
    int everyBatches = 0,
    bool saveBestOnly = false,
    string monitor = "val_loss",
    MonitorMode mode = MonitorMode.Auto)
    : Callback
{
    private readonly string _path = path ?? throw new ArgumentNullException(nameof(path));
    private readonly int _everyBatches = Require.Within(everyBatches, 0, int.MaxValue, nameof(everyBatches));
    private readonly Monitor _monitor = Monitor.Of(monitor, mode, 0);
    private long _batches;

    /// <summary>The last one; the best one before it, so that the last one knows of it.</summary>
    protected internal override int Place => saveBestOnly ? 1 : 2;

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingRun run)
    {
        _monitor.Best = double.NaN;
        _batches = 0;
    }

    /// <inheritdoc/>
    public override void OnBatchEnd(TrainingRun run)
    {
        _batches++;
        if (_everyBatches > 0 && _batches % _everyBatches == 0 && !saveBestOnly)
        {
            Write(run);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, IReadOnlyDictionary<string, double> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (saveBestOnly)
        {
            double value = _monitor.ValueIn(metrics);
            if (_monitor.Improves(value))
            {
                _monitor.Best = value;
                Write(run);
            }
        }
        else if (_everyBatches == 0)
        {
            Write(run);
        }
    }

    /// <inheritdoc/>
    public override void Save(TrainingCheckpoint checkpoint, string prefix)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        checkpoint.SetValues<double>($"{prefix}.best", [_monitor.Best]);
        checkpoint.SetValues<long>($"{prefix}.batches", [_batches]);
    }

    /// <inheritdoc/>
    public override void Restore(TrainingRun run, TrainingCheckpoint checkpoint, string prefix)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        _monitor.Best = checkpoint.GetValues<double>($"{prefix}.best", 1)[0];
        _batches = checkpoint.GetValues<long>($"{prefix}.batches", 1)[0];
    }

    private void Write(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        string epoch = (run.Epoch + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string path = Path.GetFullPath(_path.Replace("{epoch}", epoch, StringComparison.Ordinal));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        run.Capture().Save(path);
    }
}
