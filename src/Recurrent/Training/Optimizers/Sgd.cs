using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// Gradient descent, with momentum if wanted (Keras and PyTorch <c>SGD</c>). PyTorch's form, <c>v = momentum v + g,
/// p -= rate v</c>; Keras puts the rate into <c>v</c>, which is the same as long as the rate does not change.
/// </summary>
/// <param name="learningRate">The learning rate, or a schedule of it; null for 0.01.</param>
/// <param name="momentum">Momentum, from 0 to 1.</param>
/// <param name="nesterov">Whether the momentum is Nesterov's.</param>
public sealed class Sgd(LearningRateSchedule? learningRate = null, double momentum = 0, bool nesterov = false)
    : Optimizer(learningRate ?? 0.01)
{
    /// <summary>Momentum.</summary>
    public double Momentum { get; } = Require.Within(momentum, 0, 1, nameof(momentum));

    /// <summary>Whether the momentum is Nesterov's.</summary>
    public bool Nesterov { get; } = nesterov;

    internal override bool CanMoveRows => Momentum == 0;

    internal override OptimizerStep At(long step, double rate, double gradientScale, ReadOnlySpan<bool> trained) => new()
    {
        Kind = OptimizerKind.Sgd,
        Rate = rate,
        Step = step,
        Momentum = Momentum,
        Nesterov = Nesterov,
        GradientScale = gradientScale,
        GradientBound = ClipValue,
        Trained = trained,
    };
}
