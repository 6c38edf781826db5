using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// RMSprop (Hinton 2012). Epsilon is added to the root of the mean square, as in PyTorch; Keras adds it to the mean square
/// under the root.
/// </summary>
/// <param name="learningRate">The learning rate, or a schedule of it; null for 0.001.</param>
/// <param name="rho">Decay of the mean square (Keras <c>rho</c>, PyTorch <c>alpha</c>, there 0.99).</param>
/// <param name="momentum">Momentum, from 0 to 1.</param>
/// <param name="epsilon">Added to the root of the mean square (Keras 1e-7, PyTorch 1e-8).</param>
public sealed class RmsProp(
    LearningRateSchedule? learningRate = null, double rho = 0.9, double momentum = 0, double epsilon = 1e-7)
    : Optimizer(learningRate ?? 0.001)
{
    /// <summary>Decay of the mean square.</summary>
    public double Rho { get; } = Require.Within(rho, 0, 1, nameof(rho));

    /// <summary>Momentum.</summary>
    public double Momentum { get; } = Require.Within(momentum, 0, 1, nameof(momentum));

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; } = Require.Within(epsilon, 0, double.MaxValue, nameof(epsilon));

    internal override OptimizerStep At(long step, double rate, double gradientScale, ReadOnlySpan<bool> trained) => new()
    {
        Kind = OptimizerKind.RmsProp,
        Rate = rate,
        Step = step,
        Momentum = Momentum,
        Decay2 = Rho,
        Epsilon = Epsilon,
        GradientScale = gradientScale,
        GradientBound = ClipValue,
        Trained = trained,
    };
}
