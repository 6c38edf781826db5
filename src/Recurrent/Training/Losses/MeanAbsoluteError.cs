using System.Numerics;

namespace Recurrent.Training;

/// <summary>The mean over a position's features of <c>|p - t|</c>; its slope at 0 is 0.</summary>
public sealed class MeanAbsoluteError : Loss
{
    /// <inheritdoc/>
    public override string Name => "mean_absolute_error";

    /// <inheritdoc/>
    public override double Compute<T>(in LossBatch<T> batch, T scale, Span<T> gradient) =>
        ElementLoop.Run(default(Element<T>), batch, scale, gradient);

    private readonly struct Element<T> : IElementLoss<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T Value(T prediction, T target) => T.Abs(prediction - target);

        public T Slope(T prediction, T target) => prediction > target ? T.One
            : prediction < target ? -T.One
            : prediction == target ? T.Zero : T.NaN;
    }
}
