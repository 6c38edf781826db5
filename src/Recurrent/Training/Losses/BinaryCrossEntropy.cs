using System.Numerics;

namespace Recurrent.Training;

/// <summary>
/// The mean over a position's features of <c>-(t log p + (1 - t) log(1 - p))</c>. From logits, <c>p</c> is the sigmoid of
/// the prediction and nothing is cut off; from probabilities, <c>p</c> is bounded to <c>[1e-7, 1 - 1e-7]</c> and has no
/// slope outside, as in Keras.
/// </summary>
/// <param name="fromLogits">Whether predictions are logits and not probabilities.</param>
public sealed class BinaryCrossEntropy(bool fromLogits = false) : Loss
{
    /// <summary>Whether predictions are logits and not probabilities.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <inheritdoc/>
    public override string Name => "binary_crossentropy";

    /// <inheritdoc/>
    public override double Compute<T>(in LossBatch<T> batch, T scale, Span<T> gradient) => FromLogits
        ? ElementLoop.Run(default(Logit<T>), batch, scale, gradient)
        : ElementLoop.Run(default(Probability<T>), batch, scale, gradient);

    private readonly struct Logit<T> : IElementLoss<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T Value(T prediction, T target) =>
            T.Max(prediction, T.Zero) - (prediction * target) + T.LogP1(T.Exp(-T.Abs(prediction)));

        public T Slope(T prediction, T target)
        {
            T small = T.Exp(-T.Abs(prediction));
            return ((prediction >= T.Zero ? T.One : small) / (T.One + small)) - target;
        }
    }

    private readonly struct Probability<T> : IElementLoss<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T Value(T prediction, T target)
        {
            T p = ProbabilityBound<T>.Apply(prediction);
            return -((target * T.Log(p)) + ((T.One - target) * T.LogP1(-p)));
        }

        public T Slope(T prediction, T target) => ProbabilityBound<T>.Contains(prediction)
            ? (prediction - target) / (prediction * (T.One - prediction))
            : prediction * T.Zero;
    }
}
