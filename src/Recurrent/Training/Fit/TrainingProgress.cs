namespace Recurrent.Training;

/// <summary>How far training is: what a progress bar shows.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="Batch">Batches done in the epoch.</param>
/// <param name="Batches">Batches of an epoch.</param>
/// <param name="Loss">The mean loss of the epoch so far.</param>
/// <param name="ValidationLoss">The loss of the last validation; null before the first one.</param>
/// <param name="Elapsed">Time since the run began.</param>
/// <param name="Remaining">Time that the run will still take, at the speed so far.</param>
/// <param name="SamplesPerSecond">Rows of batches a second.</param>
public readonly record struct TrainingProgress(
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    double Loss,
    double? ValidationLoss,
    TimeSpan Elapsed,
    TimeSpan Remaining,
    double SamplesPerSecond);
