namespace Recurrent.Layers;

/// <summary>
/// An activation with its parameters. The formulas are those of <see cref="ActivationKind"/>.
/// </summary>
/// <remarks>
/// The static members have the default parameters that ONNX gives to the function of the same name. The constructor has
/// not: it takes a parameter that is left out as 0, so that <c>new Activation(ActivationKind.HardSigmoid)</c> is 0
/// everywhere.
/// </remarks>
/// <param name="Kind">The function.</param>
/// <param name="Alpha">Its <c>alpha</c>, where the formula has one; finite. 0 if left out.</param>
/// <param name="Beta">Its <c>beta</c>, where the formula has one; finite. 0 if left out.</param>
public readonly record struct Activation(ActivationKind Kind, float Alpha = 0, float Beta = 0)
{
    /// <summary><c>tanh(a)</c>.</summary>
    public static Activation Tanh => new(ActivationKind.Tanh);

    /// <summary><c>1 / (1 + exp(-a))</c>.</summary>
    public static Activation Sigmoid => new(ActivationKind.Sigmoid);

    /// <summary><c>a &lt; 0 ? +0 : a</c>.</summary>
    public static Activation Relu => new(ActivationKind.Relu);

    /// <summary><c>a</c>.</summary>
    public static Activation Identity => new(ActivationKind.Identity);

    /// <summary><c>a / (1 + |a|)</c>.</summary>
    public static Activation Softsign => new(ActivationKind.Softsign);

    /// <summary><c>log(1 + exp(a))</c>.</summary>
    public static Activation Softplus => new(ActivationKind.Softplus);

    /// <summary><c>alpha * a + beta</c>, clamped to [0, 1].</summary>
    /// <param name="alpha">Slope: ONNX and Keras 2 have 0.2, PyTorch and Keras 3 have 1/6.</param>
    /// <param name="beta">Value at 0.</param>
    /// <returns>The activation.</returns>
    public static Activation HardSigmoid(float alpha = 0.2f, float beta = 0.5f) =>
        new(ActivationKind.HardSigmoid, alpha, beta);

    /// <summary><c>alpha * a + beta</c>.</summary>
    /// <param name="alpha">Slope.</param>
    /// <param name="beta">Value at 0.</param>
    /// <returns>The activation.</returns>
    public static Activation Affine(float alpha = 1, float beta = 0) => new(ActivationKind.Affine, alpha, beta);

    /// <summary><c>a &lt; 0 ? alpha * a : a</c>.</summary>
    /// <param name="alpha">Slope of the negative side.</param>
    /// <returns>The activation.</returns>
    public static Activation LeakyRelu(float alpha = 0.01f) => new(ActivationKind.LeakyRelu, alpha);

    /// <summary><c>a >= alpha ? a : +0</c>.</summary>
    /// <param name="alpha">Threshold.</param>
    /// <returns>The activation.</returns>
    public static Activation ThresholdedRelu(float alpha = 1) => new(ActivationKind.ThresholdedRelu, alpha);

    /// <summary><c>alpha * tanh(beta * a)</c>.</summary>
    /// <param name="alpha">Factor outside.</param>
    /// <param name="beta">Factor inside.</param>
    /// <returns>The activation.</returns>
    public static Activation ScaledTanh(float alpha = 1, float beta = 1) => new(ActivationKind.ScaledTanh, alpha, beta);

    /// <summary><c>a &lt; 0 ? alpha * expm1(a) : a</c>.</summary>
    /// <param name="alpha">Minus the limit of the negative side.</param>
    /// <returns>The activation.</returns>
    public static Activation Elu(float alpha = 1) => new(ActivationKind.Elu, alpha);

    /// <summary><c>a &lt; alpha ? alpha : a > beta ? beta : a</c>.</summary>
    /// <param name="alpha">Least value.</param>
    /// <param name="beta">Largest value, not below the least one.</param>
    /// <returns>The activation.</returns>
    public static Activation Clip(float alpha, float beta) => new(ActivationKind.Clip, alpha, beta);
}
