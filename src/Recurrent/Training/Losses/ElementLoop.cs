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
            return Mean(element, batch.Predictions, batch.Targets, batch.Features, scale, gradient);
        }

        double sum = 0;
        for (int position = 0; position < batch.Positions; position++)
        {
            Span<T> here = gradient.IsEmpty ? [] : gradient.Slice(position * batch.Features, batch.Features);
            if (batch.Counts[position])
            {
                sum += Mean(
                    element, batch.PredictionAt(position), batch.TargetAt(position), batch.Features, scale, here);
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
}
