namespace Recurrent.Training;

/// <summary>A fit that is running, as callbacks see it.</summary>
public abstract class TrainingRun
{
    private protected TrainingRun(int epochs, int batchesPerEpoch)
    {
        Epochs = epochs;
        BatchesPerEpoch = batchesPerEpoch;
    }

    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; private protected set; }

    /// <summary>Epochs of the run, if nothing stops it.</summary>
    public int Epochs { get; }

    /// <summary>Batches done in the epoch.</summary>
    public int Batch { get; private protected set; }

    /// <summary>Batches of an epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>Updates of the model since it was compiled.</summary>
    public abstract long Updates { get; }

    /// <summary>The loss of the last batch, penalties included.</summary>
    public double BatchLoss { get; private protected set; }

    /// <summary>The learning rate of the next update.</summary>
    public abstract double LearningRate { get; }

    /// <summary>What the optimizer's learning rate is multiplied by; 1 at first.</summary>
    public double LearningRateScale { get; set; } = 1;

    /// <summary>Set by a callback to stop after the epoch, or between two batches.</summary>
    public bool StopTraining { get; set; }

    /// <summary>What has been gone through so far.</summary>
    public abstract History History { get; }

    /// <summary>Copies the parameters.</summary>
    /// <param name="into">A snapshot to use again; null for a new one.</param>
    /// <returns>The snapshot.</returns>
    public abstract ParameterSnapshot CaptureParameters(ParameterSnapshot? into = null);

    /// <summary>Sets the parameters.</summary>
    /// <param name="snapshot">A snapshot of the same model.</param>
    public abstract void RestoreParameters(ParameterSnapshot snapshot);

    /// <summary>Everything that is needed to go on from here.</summary>
    /// <returns>The checkpoint.</returns>
    public abstract TrainingCheckpoint Capture();

    internal abstract ParameterSnapshot LoadSnapshot(TrainingCheckpoint checkpoint, string name);
}
