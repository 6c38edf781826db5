using System.Numerics;

namespace Recurrent.Training;

internal static class Softmax
{
    /// <summary>
    /// The logarithm of the sum of exponentials, without overflow, and the probabilities if they are wanted: both from one
    /// exponential an element.
    /// </summary>
    public static T LogSum<T>(ReadOnlySpan<T> logits, Span<T> probabilities)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = logits[0];
        foreach (T logit in logits)
        {
            largest = T.Max(largest, logit);
        }

        T sum = T.Zero;
        for (int i = 0; i < logits.Length; i++)
        {
            T power = T.Exp(logits[i] - largest);
            sum += power;
            if (i < probabilities.Length)
            {
                probabilities[i] = power;
            }
        }

        for (int i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] /= sum;
        }

        return largest + T.Log(sum);
    }
}
