using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// The slope of an activation, after an optional clip of its argument. That of relu and of a clamp at a kink is 0, that of
/// a leaky relu at 0 its alpha; beyond the clip it is 0, on its bound that of the activation.
/// </summary>
/// <remarks>
/// In double, like all gradients of the reference. The pre-activation is that of the outputs, and so is the value where the
/// slope is a function of it: near saturation, <c>1 - y^2</c> of the rounded <c>y</c> that was put out.
/// </remarks>
internal readonly struct ActivationGradient
{
    private readonly ActivationKind _kind;
    private readonly double _alpha;
    private readonly double _beta;
    private readonly double _clip;

    public ActivationGradient(Activation activation, float clip = 0)
    {
        _kind = activation.Kind;
        _alpha = activation.Alpha;
        _beta = activation.Beta;
        _clip = clip;
    }

    /// <summary>The slope at a pre-activation.</summary>
    public double At<T>(T a)
        where T : IFloatingPointIeee754<T>
    {
        double wide = double.CreateChecked(a);
        return _clip != 0 && Math.Abs(wide) > _clip ? 0 : Slope(a, wide);
    }

    // Comparisons with NaN are false. As in PyTorch, relu lets a gradient through at NaN.
    private double Slope<T>(T rounded, double a)
        where T : IFloatingPointIeee754<T> => _kind switch
        {
            ActivationKind.Tanh => TanhSlope(rounded),
            ActivationKind.Sigmoid => SigmoidSlope(rounded),
            ActivationKind.Relu => a <= 0 ? 0 : 1,
            ActivationKind.HardSigmoid => HardSigmoidSlope(Math.FusedMultiplyAdd(_alpha, a, _beta)),
            ActivationKind.Identity => 1,
            ActivationKind.Affine => _alpha,
            ActivationKind.LeakyRelu => a > 0 ? 1 : _alpha,
            ActivationKind.ThresholdedRelu => a < _alpha ? 0 : 1,
            ActivationKind.ScaledTanh => _alpha * _beta * TanhSlope(T.CreateChecked(_beta) * rounded),
            ActivationKind.Elu => a > 0 ? 1 : _alpha * OracleArithmetic<double>.Exp(a),
            ActivationKind.Softsign => SoftsignSlope(1 + Math.Abs(a)),
            ActivationKind.Softplus => OracleArithmetic<double>.Sigmoid(a),
            ActivationKind.Clip => a < _alpha || a > _beta ? 0 : 1,
            _ => throw new InvalidOperationException($"The activation {_kind} has no slope."),
        };

    private static double TanhSlope<T>(T a)
        where T : IFloatingPointIeee754<T>
    {
        double y = typeof(T) == typeof(float)
            ? CanonicalMath.Tanh(float.CreateChecked(a))
            : OracleArithmetic<double>.Tanh(double.CreateChecked(a));
        return Math.FusedMultiplyAdd(-y, y, 1);
    }

    private static double SigmoidSlope<T>(T a)
        where T : IFloatingPointIeee754<T>
    {
        double y = typeof(T) == typeof(float)
            ? CanonicalMath.Sigmoid(float.CreateChecked(a))
            : OracleArithmetic<double>.Sigmoid(double.CreateChecked(a));
        return y * (1 - y);
    }

    private double HardSigmoidSlope(double t) => t > 0 && t < 1 ? _alpha : 0;

    private static double SoftsignSlope(double denominator) => 1 / (denominator * denominator);
}
