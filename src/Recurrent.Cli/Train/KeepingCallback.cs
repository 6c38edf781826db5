using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>Writes the checkpoint of a training: after epochs, after the last one, and when it is interrupted.</summary>
/// <param name="path">The file.</param>
/// <param name="everyEpoch">Whether after every epoch; else at the pace.</param>
/// <param name="pace">How often.</param>
/// <param name="interruption">Ends the training between two batches.</param>
internal sealed class KeepingCallback(string path, bool everyEpoch, WritingPace pace, CancellationToken interruption)
    : Callback
{
    /// <summary>After those whose states are in the checkpoint.</summary>
    protected override int Place => 2;

    /// <exception cref="OperationCanceledException">The training is interrupted; the checkpoint has all of it.</exception>
    public override void OnBatchEnd(TrainingRun run)
    {
        if (interruption.IsCancellationRequested)
        {
            Write(run);
            throw new OperationCanceledException(interruption);
        }
    }

    public override void OnEpochEnd(TrainingRun run, IReadOnlyDictionary<string, double> metrics)
    {
        // The last one always: the model is still to be written, and that may fail.
        if (everyEpoch || run.StopTraining || run.Epoch + 1 == run.Epochs || pace.IsDue)
        {
            Write(run);
        }
    }

    private void Write(TrainingRun run) => pace.Write(() => run.Capture().Save(path));
}
