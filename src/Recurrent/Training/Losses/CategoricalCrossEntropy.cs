using System.Numerics;

namespace Recurrent.Training;

/// <summary>
/// <c>-sum t log p</c> over a position's features, the classes; targets are probabilities, usually a single 1. From
/// logits, <c>p</c> is the softmax of the prediction; from probabilities, <c>p</c> is bounded to <c>[1e-7, 1 - 1e-7]</c>
/// and has no slope outside, as in Keras (which also divides by their sum: here they are expected to have the sum 1).
/// </summary>
/// <param name="fromLogits">Whether predictions are logits and not probabilities.</param>
public sealed class CategoricalCrossEntropy(bool fromLogits = false) : Loss
{
    /// <summary>Whether predictions are logits and not probabilities.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <inheritdoc/>
    public override string Name => "categorical_crossentropy";

    /// <inheritdoc/>
    public override double Compute<T>(in LossBatch<T> batch, T scale, Span<T> gradient)
    {
        double sum = 0;
        for (int position = 0; position < batch.Positions; position++)
        {
            Span<T> here = gradient.IsEmpty ? [] : gradient.Slice(position * batch.Features, batch.Features);
            T weight = batch.WeightAt(position);
            double factor = double.CreateTruncating(weight);
            if (!batch.Has(position))
            {
                here.Clear();
            }
            else if (FromLogits)
            {
                sum += factor * OfLogits(batch.PredictionAt(position), batch.TargetAt(position), weight * scale, here);
            }
            else
            {
                sum += factor * OfProbabilities(
                    batch.PredictionAt(position), batch.TargetAt(position), weight * scale, here);
            }
        }

        return sum;
    }

    private static double OfLogits<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> targets, T scale, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T logSum = Softmax.LogSum(logits, gradient);
        double loss = 0;
        T total = T.Zero;
        for (int i = 0; i < logits.Length; i++)
        {
            loss += double.CreateTruncating(targets[i] * (logSum - logits[i]));
            total += targets[i];
        }

        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = scale * ((gradient[i] * total) - targets[i]);
        }

        return loss;
    }

    private static double OfProbabilities<T>(ReadOnlySpan<T> p, ReadOnlySpan<T> targets, T scale, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double loss = 0;
        for (int i = 0; i < p.Length; i++)
        {
            loss -= double.CreateTruncating(targets[i] * T.Log(ProbabilityBound<T>.Apply(p[i])));
        }

        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = ProbabilityBound<T>.Contains(p[i]) ? -scale * targets[i] / p[i] : p[i] * T.Zero;
        }

        return loss;
    }
}
