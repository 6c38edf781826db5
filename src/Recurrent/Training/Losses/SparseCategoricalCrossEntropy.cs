using System.Numerics;

namespace Recurrent.Training;

/// <summary>
/// <see cref="CategoricalCrossEntropy"/> with the class itself as the target, <c>-log p[class]</c>. A class below 0 does
/// not count (PyTorch <c>ignore_index</c>).
/// </summary>
/// <param name="fromLogits">Whether predictions are logits and not probabilities.</param>
public sealed class SparseCategoricalCrossEntropy(bool fromLogits = false) : Loss
{
    /// <summary>Whether predictions are logits and not probabilities.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <inheritdoc/>
    public override string Name => "sparse_categorical_crossentropy";

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    /// <inheritdoc/>
    public override double Compute<T>(in LossBatch<T> batch, T scale, Span<T> gradient)
    {
        double sum = 0;
        for (int position = 0; position < batch.Positions; position++)
        {
            Span<T> here = gradient.IsEmpty ? [] : gradient.Slice(position * batch.Features, batch.Features);
            T weight = batch.WeightAt(position);
            double factor = double.CreateTruncating(weight);
            int target = batch.Classes[position];
            if (target < 0 || !batch.Has(position))
            {
                here.Clear();
            }
            else if (FromLogits)
            {
                sum += factor * OfLogits(batch.PredictionAt(position), target, weight * scale, here);
            }
            else
            {
                T p = batch.PredictionAt(position)[target];
                sum -= factor * double.CreateTruncating(T.Log(ProbabilityBound<T>.Apply(p)));
                here.Clear();
                if (here.Length > 0)
                {
                    here[target] = ProbabilityBound<T>.Contains(p) ? -(weight * scale) / p : p * T.Zero;
                }
            }
        }

        return sum;
    }

    private static double OfLogits<T>(ReadOnlySpan<T> logits, int target, T scale, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T logSum = Softmax.LogSum(logits, gradient);
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = scale * (gradient[i] - (i == target ? T.One : T.Zero));
        }

        return double.CreateTruncating(logSum - logits[target]);
    }
}
