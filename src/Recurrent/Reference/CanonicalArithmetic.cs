namespace Recurrent.Reference;

/// <summary>The arithmetic of the native kernels, bit for bit.</summary>
internal readonly struct CanonicalArithmetic : IArithmetic<float>
{
    public static float Flush(float value) => CanonicalMath.Flush(value);

    public static float Exp(float a) => CanonicalMath.Exp(a);

    public static float Expm1(float a) => CanonicalMath.Expm1(a);

    public static float Log(float a) => CanonicalMath.Log(a);

    public static float Log1p(float a) => CanonicalMath.Log1p(a);

    public static float Sigmoid(float a) => CanonicalMath.Sigmoid(a);

    public static float Tanh(float a) => CanonicalMath.Tanh(a);
}
