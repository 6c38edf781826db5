using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>The arguments of a fit, by Keras's names.</summary>
/// <typeparam name="T">The number type of the model.</typeparam>
public sealed record FitOptions<T>
    where T : unmanaged
{
    /// <summary>Times that all data is gone through.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Epochs
    {
        get;
        init => field = Require.Within(value, 1, int.MaxValue, nameof(Epochs));
    } = 1;

    /// <summary>Sequences of a batch; the last batch of an epoch has what is left.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int BatchSize
    {
        get;
        init => field = Require.Within(value, 1, int.MaxValue, nameof(BatchSize));
    } = 32;

    /// <summary>
    /// Data that is evaluated after every epoch, with the weights of its targets; null for none. It comes before
    /// <see cref="ValidationSplit"/>.
    /// </summary>
    public (Sequences<T> X, Targets<T> Y)? ValidationData { get; init; }

    /// <summary>
    /// Share of the sequences, the last ones, that are evaluated and not trained on, from 0 to below 1. What is trained on
    /// is rounded down, as Keras does. They keep the weights of samples; those of classes are for training only.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double ValidationSplit
    {
        get;
        init => field = Require.Within(value, 0, Math.BitDecrement(1.0), nameof(ValidationSplit));
    }

    /// <summary>Whether sequences are put into another order for every epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Where the order of sequences and the dropped elements come from.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Truncated backpropagation through time: sequences are cut into pieces of so many steps, each with an update of its
    /// own; states go on from piece to piece, gradients do not. 0 for whole sequences. For models that put out every step
    /// and run forward.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int TruncatedSteps
    {
        get;
        init => field = Require.Within(value, 0, int.MaxValue, nameof(TruncatedSteps));
    }

    /// <summary>What is called on the way.</summary>
    public IReadOnlyList<Callback> Callbacks { get; init; } = [];

    /// <summary>What is told how far it is, about ten times a second and at the end.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// A state of an earlier run of the same fit, to go on from as if it had not been interrupted; null to begin.
    /// </summary>
    public TrainingCheckpoint? Resume { get; init; }

    /// <summary>
    /// Whether to go on even where the checkpoint was computed with another instruction set or product provider, whose
    /// last bits differ.
    /// </summary>
    public bool ResumesOnOtherArithmetic { get; init; }

    /// <summary>Stops the run between two batches with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }
}
