using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// Adam with a decay of the weights that does not go through the moments (Loshchilov &amp; Hutter 2019): <c>p -= rate
/// weightDecay p</c> before each update, biases included, as in Keras and PyTorch. Otherwise as <see cref="Adam"/>.
/// </summary>
/// <param name="learningRate">The learning rate, or a schedule of it; null for 0.001.</param>
/// <param name="weightDecay">Decay of the weights (Keras 0.004, PyTorch 0.01).</param>
/// <param name="beta1">Decay of the mean.</param>
/// <param name="beta2">Decay of the mean square.</param>
/// <param name="epsilon">Added to the root of the mean square (Keras 1e-7, PyTorch 1e-8).</param>
public sealed class AdamW(
    LearningRateSchedule? learningRate = null,
    double weightDecay = 0.004,
    double beta1 = 0.9,
    double beta2 = 0.999,
    double epsilon = 1e-7)
    : Optimizer(learningRate ?? 0.001)
{
    /// <summary>Decay of the weights.</summary>
    public double WeightDecay { get; } = Require.Within(weightDecay, 0, double.MaxValue, nameof(weightDecay));

    /// <summary>Decay of the mean.</summary>
    public double Beta1 { get; } = Require.Within(beta1, 0, Math.BitDecrement(1.0), nameof(beta1));

    /// <summary>Decay of the mean square.</summary>
    public double Beta2 { get; } = Require.Within(beta2, 0, Math.BitDecrement(1.0), nameof(beta2));

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; } = Require.Within(epsilon, 0, double.MaxValue, nameof(epsilon));

    internal override OptimizerStep At(long step, double rate, double gradientScale, ReadOnlySpan<bool> trained) => new()
    {
        Kind = OptimizerKind.AdamW,
        Rate = rate,
        Step = step,
        Decay1 = Beta1,
        Decay2 = Beta2,
        Epsilon = Epsilon,
        WeightDecay = WeightDecay,
        GradientScale = gradientScale,
        GradientBound = ClipValue,
        Trained = trained,
    };
}
