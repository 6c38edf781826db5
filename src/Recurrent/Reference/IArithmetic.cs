using System.Numerics;

namespace Recurrent.Reference;

/// <summary>
/// What canonical arithmetic and the oracle do differently, so that cells are written once. Everything else is the four
/// operations and the fused multiply-add of <typeparamref name="T"/>, one rounding each, which .NET neither contracts
/// nor reorders.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
internal interface IArithmetic<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>A value as it is stored: canonical arithmetic removes denormals here.</summary>
    static abstract T Flush(T value);

    /// <summary><c>e^a</c>.</summary>
    static abstract T Exp(T a);

    /// <summary><c>e^a - 1</c>, accurate near 0.</summary>
    static abstract T Expm1(T a);

    /// <summary><c>log(a)</c>.</summary>
    static abstract T Log(T a);

    /// <summary><c>log(1 + a)</c>, accurate near 0.</summary>
    static abstract T Log1p(T a);

    /// <summary><c>1 / (1 + e^-a)</c>.</summary>
    static abstract T Sigmoid(T a);

    /// <summary><c>tanh(a)</c>.</summary>
    static abstract T Tanh(T a);
}
