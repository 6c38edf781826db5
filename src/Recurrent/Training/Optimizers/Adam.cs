using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// Adam (Kingma &amp; Ba 2015) in PyTorch's form: epsilon is added to the root of the mean square after the correction of
/// its bias. Keras adds it before, which is an epsilon smaller by <c>sqrt(1 - beta2^t)</c> here.
/// </summary>
/// <param name="learningRate">The learning rate, or a schedule of it; null for 0.001.</param>
/// <param name="beta1">Decay of the mean.</param>
/// <param name="beta2">Decay of the mean square.</param>
/// <param name="epsilon">Added to the root of the mean square (Keras 1e-7, PyTorch 1e-8).</param>
public sealed class Adam(
    LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7)
    : Optimizer(learningRate ?? 0.001)
{
    /// <summary>Decay of the mean.</summary>
    public double Beta1 { get; } = Require.Within(beta1, 0, Math.BitDecrement(1.0), nameof(beta1));

    /// <summary>Decay of the mean square.</summary>
    public double Beta2 { get; } = Require.Within(beta2, 0, Math.BitDecrement(1.0), nameof(beta2));

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; } = Require.Within(epsilon, 0, double.MaxValue, nameof(epsilon));

    internal override bool CanMoveRows => true;

    internal override OptimizerStep At(long step, double rate, double gradientScale, ReadOnlySpan<bool> trained) => new()
    {
        Kind = OptimizerKind.Adam,
        Rate = rate,
        Step = step,
        Decay1 = Beta1,
        Decay2 = Beta2,
        Epsilon = Epsilon,
        GradientScale = gradientScale,
        GradientBound = ClipValue,
        Trained = trained,
    };
}
