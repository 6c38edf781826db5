using System.Numerics;

namespace Recurrent.Training;

/// <summary>
/// What training makes small. The loss of a batch is the mean over its positions that count (a padded or missing step does
/// not, nor a class below 0); what it is at a position, each loss says, and the weight of the position is a factor of it
/// and of its gradient. This is Keras's <c>sum_over_batch_size</c> (https://keras.io/api/losses/) and, without weights,
/// PyTorch's <c>mean</c>.
/// </summary>
public abstract class Loss : Metric
{
    /// <summary>
    /// The sum of the losses of all positions that count, each times <see cref="LossBatch{T}.WeightAt"/>, and the gradient of
    /// the sum times a factor.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="batch">Predictions and targets.</param>
    /// <param name="scale">
    /// The factor: one over the number of positions that count, whatever they weigh, for the mean.
    /// </param>
    /// <param name="gradient">
    /// Receives <c>[positions, features]</c>, 0 where a position does not count; empty if it is not wanted.
    /// </param>
    /// <returns>The sum, without the factor.</returns>
    public abstract double Compute<T>(in LossBatch<T> batch, T scale, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <inheritdoc/>
    public override double Sum<T>(in LossBatch<T> batch) => Compute(batch, T.One, []);
}
