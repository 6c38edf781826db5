using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>An activation over <typeparamref name="T"/>, after an optional clip of its argument.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal readonly struct ActivationFunction<T, TArithmetic>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly ActivationKind _kind;
    private readonly T _alpha;
    private readonly T _beta;
    private readonly T _clip;

    public ActivationFunction(Activation activation, float clip = 0)
    {
        _kind = activation.Kind;
        _alpha = T.CreateChecked(activation.Alpha);
        _beta = T.CreateChecked(activation.Beta);
        _clip = T.CreateChecked(clip);
    }

    public T Of(T a)
    {
        a = Clip(a);
        return _kind switch
        {
            ActivationKind.Tanh => TArithmetic.Tanh(a),
            ActivationKind.Sigmoid => TArithmetic.Sigmoid(a),
            ActivationKind.Relu => a < T.Zero ? T.Zero : a,
            ActivationKind.HardSigmoid => Clamp(T.FusedMultiplyAdd(_alpha, a, _beta)),
            ActivationKind.Identity => a,
            ActivationKind.Affine => T.FusedMultiplyAdd(_alpha, a, _beta),
            ActivationKind.LeakyRelu => a < T.Zero ? _alpha * a : a,
            ActivationKind.ThresholdedRelu => a >= _alpha || T.IsNaN(a) ? a : T.Zero,
            ActivationKind.ScaledTanh => _alpha * TArithmetic.Tanh(_beta * a),
            ActivationKind.Elu => a < T.Zero ? _alpha * TArithmetic.Expm1(a) : a,
            ActivationKind.Softsign => a / (T.One + T.Abs(a)),
            ActivationKind.Softplus => (a < T.Zero ? T.Zero : a) + TArithmetic.Log1p(TArithmetic.Exp(-T.Abs(a))),
            ActivationKind.Clip => a < _alpha ? _alpha : a > _beta ? _beta : a,
            _ => throw new InvalidOperationException($"The activation {_kind} has no formula."),
        };
    }

    // Comparisons with NaN are false, so NaN stays NaN in both.
    private static T Clamp(T t) => t < T.Zero ? T.Zero : t > T.One ? T.One : t;

    private T Clip(T a) => _clip == T.Zero ? a : a > _clip ? _clip : a < -_clip ? -_clip : a;
}
