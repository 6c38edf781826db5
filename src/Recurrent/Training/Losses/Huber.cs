using System.Numerics;

namespace Recurrent.Training;

/// <summary>
/// The mean over a position's features of <c>e^2 / 2</c> where the error <c>e = |p - t|</c> is at most <c>delta</c>, and
/// <c>delta e - delta^2 / 2</c> beyond (Huber 1964; Keras <c>Huber</c>, PyTorch <c>HuberLoss</c>).
/// </summary>
/// <param name="delta">Where it goes from a parabola to a line; positive.</param>
public sealed class Huber(double delta = 1) : Loss
{
    /// <summary>Where it goes from a parabola to a line.</summary>
    public double Delta { get; } = delta > 0
        ? delta
        : throw new ArgumentOutOfRangeException(nameof(delta), delta, $"{nameof(delta)}: expected more than 0, found {delta}.");

    /// <inheritdoc/>
    public override string Name => "huber";

    /// <inheritdoc/>
    public override double Compute<T>(in LossBatch<T> batch, T scale, Span<T> gradient) =>
        ElementLoop.Run(new Element<T>(T.CreateTruncating(Delta)), batch, scale, gradient);

    private readonly struct Element<T>(T delta) : IElementLoss<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly T _delta = delta;

        public T Value(T prediction, T target)
        {
            T error = T.Abs(prediction - target);
            T half = T.CreateTruncating(0.5);
            return error <= _delta ? half * error * error : (_delta * error) - (half * _delta * _delta);
        }

        public T Slope(T prediction, T target) => T.Clamp(prediction - target, -_delta, _delta);
    }
}
