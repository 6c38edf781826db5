using System.Numerics;

namespace Recurrent.Training;

internal static class Softmax
{
    /// <summary>The logarithm of the sum of exponentials, without overflow.</summary>
    public static T LogSum<T>(ReadOnlySpan<T> logits)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = logits[0];
        foreach (T logit in logits)
        {
            largest = T.Max(largest, logit);
        }

        T sum = T.Zero;
        foreach (T logit in logits)
        {
            sum += T.Exp(logit - largest);
        }

        return largest + T.Log(sum);
    }
}
