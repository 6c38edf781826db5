using Recurrent.Cli.Display;
using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>The checkpoint of a training: what an earlier run has left in it, and what this one writes.</summary>
internal sealed class KeptTraining(TrainRequest request, TrainIdentity identity)
{
    private readonly string _path = request.Checkpoint;

    /// <summary>What writes it.</summary>
    /// <param name="interruption">Ends the training between two batches.</param>
    public IEnumerable<Callback> Callbacks(CancellationToken interruption) =>
    [
        identity,
        new KeepingCallback(
            _path, everyEpoch: !request.RemovesCheckpoint, new WritingPace(TimeProvider.System), interruption),
    ];

    /// <summary>What an interrupted run has left for the same training, and says so.</summary>
    /// <param name="model">The model that is to be trained.</param>
    /// <param name="error">Where it is said.</param>
    /// <returns>The checkpoint; null to begin anew.</returns>
    /// <exception cref="UnusableInputException">
    /// The file is no checkpoint, or one of another training that the user has named.
    /// </exception>
    public TrainingCheckpoint? Find(TrainableModel<float> model, TextWriter error)
    {
        if (!File.Exists(_path))
        {
            return null;
        }

        (TrainingCheckpoint checkpoint, string[] others) = Load(model);
        if (others.Length > 0)
        {
            string found = string.Join(", ", others);
            if (!request.RemovesCheckpoint)
            {
                throw new UnusableInputException(
                    $"{_path}: expected a checkpoint of this training, found one with {found}; delete it to begin anew.");
            }

            error.WriteMessage($"note: {_path} is of another training, with {found}; this one begins anew and replaces it.");
            return null;
        }

        error.WriteMessage($"going on from {_path}: {Progress(checkpoint)}");
        if (!checkpoint.HasChecksum)
        {
            error.WriteMessage($"note: {_path} does not have a checksum, so damage to its numbers would go unnoticed.");
        }

        return checkpoint;
    }

    /// <summary>How far the file is.</summary>
    public string Describe() => $"{_path}: {Progress(TrainingCheckpoint.Load(_path))}";

    /// <summary>Whether there is one to go on from.</summary>
    public bool Exists => File.Exists(_path);

    /// <summary>Removes it once the model is written, if the user has not named it.</summary>
    public void Finish()
    {
        if (request.RemovesCheckpoint)
        {
            File.Delete(_path);
        }
    }

    private (TrainingCheckpoint Checkpoint, string[] Others) Load(TrainableModel<float> model)
    {
        try
        {
            var checkpoint = TrainingCheckpoint.Load(_path);
            return (checkpoint, [.. identity.Differences(checkpoint, model)]);
        }
        catch (InvalidDataException e)
        {
            throw new UnusableInputException(
                $"{_path}: no checkpoint to go on from: {e.Message} Move it away to begin anew.", e);
        }
    }

    private string Progress(TrainingCheckpoint checkpoint) =>
        $"{checkpoint.Epoch} of {request.Epochs} epochs"
        + (checkpoint.Batch == 0 ? " are done." : $" and {checkpoint.Batch} batch{(checkpoint.Batch == 1 ? " is" : "es are")} done.");
}
