using System.Numerics;

namespace Recurrent.Training;

/// <summary>Losses that are the mean over the features of a position.</summary>
internal static class ElementLoop
{
    public static double Run<T, TElement>(TElement element, in LossBatch<T> batch, T scale, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TElement : struct, IElementLoss<T>
    {
        if (batch.Counts.IsEmpty)
        {
            return batch.Weights.IsEmpty
                ? Mean(element, batch.Predictions, batch.Targets, batch.Features, scale, gradient)
                : WeightedMean(element, batch, scale, gradient);
        }

        double sum = 0;
        for (int position = 0; position < batch.Positions; position++)
        {
            Span<T> here = gradient.IsEmpty ? [] : gradient.Slice(position * batch.Features, batch.Features);
            if (batch.Counts[position])
            {
                T weight = batch.WeightAt(position);
                sum += double.CreateTruncating(weight) * Mean(
                    element,
                    batch.PredictionAt(position),
                    batch.TargetAt(position),
                    batch.Features,
                    weight * scale,
                    here);
            }
            else
            {
                here.Clear();
            }
        }

        return sum;
    }

    private static double Mean<T, TElement>(
        TElement element, ReadOnlySpan<T> predictions, ReadOnlySpan<T> targets, int features, T scale, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TElement : struct, IElementLoss<T>
    {
        double sum = 0;
        for (int i = 0; i < predictions.Length; i++)
        {
            sum += double.CreateTruncating(element.Value(predictions[i], targets[i]));
        }

        T factor = scale / T.CreateTruncating(features);
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = factor * element.Slope(predictions[i], targets[i]);
        }

        return sum / features;
    }

    /// <summary>In the order of <see cref="Mean"/>, so that weights of 1 give its bits.</summary>
    private static double WeightedMean<T, TElement>(
        TElement element, in LossBatch<T> batch, T scale, Span<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TElement : struct, IElementLoss<T>
    {
        double sum = 0;
        T factor = scale / T.CreateTruncating(batch.Features);
        for (int position = 0; position < batch.Positions; position++)
        {
            T weight = batch.Weights[position];
            for (int i = position * batch.Features; i < (position + 1) * batch.Features; i++)
            {
                T value = element.Value(batch.Predictions[i], batch.Targets[i]);
                sum += double.CreateTruncating(weight) * double.CreateTruncating(value);
                if (!gradient.IsEmpty)
                {
                    gradient[i] = weight * factor * element.Slope(batch.Predictions[i], batch.Targets[i]);
                }
            }
        }

        return sum / batch.Features;
    }
}
