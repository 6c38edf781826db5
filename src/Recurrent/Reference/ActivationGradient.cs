using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// The slope of an activation, after an optional clip of its argument. That of relu and of a clamp at a kink is 0, that of
/// a leaky relu at 0 its alpha; beyond the clip it is 0, on its bound that of the activation.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal readonly struct ActivationGradient<T, TArithmetic>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly ActivationKind _kind;
    private readonly T _alpha;
    private readonly T _beta;
    private readonly T _clip;

    public ActivationGradient(Activation activation, float clip = 0)
    {
        _kind = activation.Kind;
        _alpha = T.CreateChecked(activation.Alpha);
        _beta = T.CreateChecked(activation.Beta);
        _clip = T.CreateChecked(clip);
    }

    /// <summary>The slope at a pre-activation.</summary>
    public T At(T a) => _clip != T.Zero && T.Abs(a) > _clip ? T.Zero : Slope(a);

    // Comparisons with NaN are false. As in PyTorch, relu lets a gradient through at NaN.
    private T Slope(T a) => _kind switch
    {
        ActivationKind.Tanh => TanhSlope(a),
        ActivationKind.Sigmoid => SigmoidSlope(a),
        ActivationKind.Relu => a <= T.Zero ? T.Zero : T.One,
        ActivationKind.HardSigmoid => HardSigmoidSlope(T.FusedMultiplyAdd(_alpha, a, _beta)),
        ActivationKind.Identity => T.One,
        ActivationKind.Affine => _alpha,
        ActivationKind.LeakyRelu => a > T.Zero ? T.One : _alpha,
        ActivationKind.ThresholdedRelu => a < _alpha ? T.Zero : T.One,
        ActivationKind.ScaledTanh => _alpha * _beta * TanhSlope(_beta * a),
        ActivationKind.Elu => a > T.Zero ? T.One : _alpha * TArithmetic.Exp(a),
        ActivationKind.Softsign => SoftsignSlope(T.One + T.Abs(a)),
        ActivationKind.Softplus => TArithmetic.Sigmoid(a),
        _ => throw new InvalidOperationException($"The activation {_kind} has no slope."),
    };

    private static T TanhSlope(T a)
    {
        T y = TArithmetic.Tanh(a);
        return T.FusedMultiplyAdd(-y, y, T.One);
    }

    private static T SigmoidSlope(T a)
    {
        T y = TArithmetic.Sigmoid(a);
        return y * (T.One - y);
    }

    private T HardSigmoidSlope(T t) => t > T.Zero && t < T.One ? _alpha : T.Zero;

    private static T SoftsignSlope(T denominator) => T.One / (denominator * denominator);
}
