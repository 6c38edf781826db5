namespace Recurrent.Training;

/// <summary>What is called while a model is fitted (Keras <c>Callback</c>).</summary>
public abstract class Callback
{
    /// <summary>
    /// Callbacks are called by this, and those that have the same in the order of the list: what writes the states of all
    /// comes after those that change theirs.
    /// </summary>
    protected internal virtual int Place => 0;

    /// <summary>Before the first epoch, or before going on with an interrupted run.</summary>
    /// <param name="run">The run.</param>
    public virtual void OnTrainBegin(TrainingRun run)
    {
    }

    /// <summary>Before the first batch of an epoch.</summary>
    /// <param name="run">The run.</param>
    public virtual void OnEpochBegin(TrainingRun run)
    {
    }

    /// <summary>After the update of a batch.</summary>
    /// <param name="run">The run.</param>
    public virtual void OnBatchEnd(TrainingRun run)
    {
    }

    /// <summary>After an epoch and its validation.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metrics">The metrics of the epoch, by the names of the history.</param>
    public virtual void OnEpochEnd(TrainingRun run, IReadOnlyDictionary<string, double> metrics)
    {
    }

    /// <summary>After the last epoch.</summary>
    /// <param name="run">The run.</param>
    public virtual void OnTrainEnd(TrainingRun run)
    {
    }

    /// <summary>Puts what is needed to go on after an interruption into a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="prefix">To begin names with.</param>
    public virtual void Save(TrainingCheckpoint checkpoint, string prefix)
    {
    }

    /// <summary>Takes it out again; called after <see cref="OnTrainBegin"/>.</summary>
    /// <param name="run">The run that goes on.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="prefix">What names begin with.</param>
    public virtual void Restore(TrainingRun run, TrainingCheckpoint checkpoint, string prefix)
    {
    }
}
