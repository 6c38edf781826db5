namespace Recurrent.Layers;

/// <summary>Elementwise functions of a pre-activation <c>a</c>.</summary>
public enum ActivationKind
{
    /// <summary><c>tanh(a)</c>.</summary>
    Tanh = 0,

    /// <summary><c>1 / (1 + exp(-a))</c>.</summary>
    Sigmoid = 1,

    /// <summary><c>a &lt; 0 ? +0 : a</c>; NaN stays NaN.</summary>
    Relu = 2,

    /// <summary><c>t = alpha * a + beta</c> in one rounding, then <c>t &lt; 0 ? 0 : t > 1 ? 1 : t</c>.</summary>
    HardSigmoid = 3,

    /// <summary><c>a</c>.</summary>
    Identity = 4,

    /// <summary><c>alpha * a + beta</c> in one rounding.</summary>
    Affine = 5,

    /// <summary><c>a &lt; 0 ? alpha * a : a</c>.</summary>
    LeakyRelu = 6,

    /// <summary><c>a >= alpha ? a : +0</c>; NaN stays NaN.</summary>
    ThresholdedRelu = 7,

    /// <summary><c>alpha * tanh(beta * a)</c>.</summary>
    ScaledTanh = 8,

    /// <summary><c>a &lt; 0 ? alpha * expm1(a) : a</c>.</summary>
    Elu = 9,

    /// <summary><c>a / (1 + |a|)</c>.</summary>
    Softsign = 10,

    /// <summary><c>max(a, 0) + log1p(exp(-|a|))</c>.</summary>
    Softplus = 11,

    /// <summary>
    /// <c>a &lt; alpha ? alpha : a > beta ? beta : a</c>, <c>alpha</c> not above <c>beta</c>; NaN stays NaN.
    /// </summary>
    Clip = 12,
}
