using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// The canonical exp, expm1, log, log1p, sigmoid and tanh: the operations of <c>native/src/simd/math.inl</c> in the same
/// order, so that the bits are the same on every machine. That file explains the schemes and says where each constant
/// comes from.
/// </summary>
/// <remarks>
/// C# neither contracts nor reassociates <see langword="float"/> operations, and
/// <see cref="MathF.FusedMultiplyAdd(float, float, float)"/> rounds once.
/// </remarks>
internal static class CanonicalMath
{
    private const float RoundToInt = 12582912.0f;
    private const float RoundToExponent = 12582912.0f + 127.0f;

    private const float SmallestNormal = 1.17549435e-38f;
    private const float SigmoidOne = 20.0f;
    private const float TanhOne = 10.0f;
    private const float Expm1MinusOne = -20.0f;
    private const float Expm1High = 89.0f;
    private const float FromDenormal = 33554432.0f;
    private const float FromDenormalExponent = 25.0f;
    private const int SqrtHalfBits = 0x3f3504f3;

    // Written as bits: C# has no hexadecimal floating-point literals, and these are the ones of math.inl.
    private static readonly float Log2E = Bits(0x3fb8aa3b);
    private static readonly float Ln2High = Bits(0x3f317218);
    private static readonly float Ln2Low = Bits(0xb102e308);

    private static readonly float Exp2 = 0.5f;
    private static readonly float Exp3 = Bits(0x3e2aaa58);
    private static readonly float Exp4 = Bits(0x3d2aaa72);
    private static readonly float Exp5 = Bits(0x3c0913cd);
    private static readonly float Exp6 = Bits(0x3ab6a8db);
    private static readonly float NoUnderflow = Bits(0x21800000);

    private static readonly float Log2 = Bits(0xbefffffc);
    private static readonly float Log3 = Bits(0x3eaaaaa7);
    private static readonly float Log4 = Bits(0xbe80020a);
    private static readonly float Log5 = Bits(0x3e4cd329);
    private static readonly float Log6 = Bits(0xbe2a1751);
    private static readonly float Log7 = Bits(0x3e111e73);
    private static readonly float Log8 = Bits(0xbe075e61);
    private static readonly float Log9 = Bits(0x3e04c424);
    private static readonly float Log10 = Bits(0xbd9ee5f6);

    private static readonly float ExpHigh = Bits(0x42b17217);
    private static readonly float ExpLow = Bits(0xc2aeac4f);
    private static readonly float Linear = Bits(0x33000000);

    /// <summary>Replaces a magnitude below 2^-126 by +0; NaN stays NaN.</summary>
    public static float Flush(float x) => WeightRounding.Flush(x);

    /// <summary>e^x; +0 where that is below 2^-126.</summary>
    public static float Exp(float x)
    {
        (int exponent, float fraction) = ExpParts(x, 1.0f, RoundToInt);
        float mantissa = fraction + 1.0f;
        int bits = unchecked(BitConverter.SingleToInt32Bits(mantissa) + (exponent << 23));
        float y = BitConverter.Int32BitsToSingle(bits);
        y = x <= ExpHigh ? y : x + float.PositiveInfinity;
        return x < ExpLow ? 0.0f : y;
    }

    /// <summary>e^x - 1.</summary>
    public static float Expm1(float x)
    {
        (int exponent, float fraction) = ExpParts(Clamp(Expm1MinusOne, Expm1High, x), 1.0f, RoundToExponent - 1.0f);
        float halfScale = Scale(exponent);
        float half = Fma(halfScale, fraction, halfScale - 0.5f);
        return MathF.Abs(x) < Linear ? x : half + half;
    }

    /// <summary>ln(1 + x).</summary>
    public static float Log1p(float x)
    {
        int k = unchecked(BitConverter.SingleToInt32Bits(x + 1.0f) - SqrtHalfBits) >> 23;
        float scale = Scale(127 + 2 - k);
        float f = Fma(scale, x * 0.25f, Fma(scale, 0.25f, -1.0f));
        float y = LogOf(k, f);
        if (x > float.MaxValue || MathF.Abs(x) < Linear)
        {
            return x;
        }

        return x == -1.0f ? float.NegativeInfinity : x < -1.0f ? float.NaN : y;
    }

    /// <summary>ln(x).</summary>
    public static float Log(float x)
    {
        bool isDenormal = x < SmallestNormal;
        int bits = BitConverter.SingleToInt32Bits(isDenormal ? x * FromDenormal : x);
        int k = unchecked(bits - SqrtHalfBits) >> 23;
        float f = BitConverter.Int32BitsToSingle(unchecked(bits - (k << 23))) - 1.0f;
        float y = LogOf(k - (isDenormal ? FromDenormalExponent : 0.0f), f);
        y = x <= float.MaxValue ? y : x;
        return x == 0.0f ? float.NegativeInfinity : x < 0.0f ? float.NaN : y;
    }

    /// <summary>1 / (1 + e^-x); +0 where that is below 2^-126.</summary>
    public static float Sigmoid(float x)
    {
        (int exponent, float fraction) = ExpParts(Clamp(ExpLow, SigmoidOne, x), -1.0f, RoundToExponent);
        float scale = Scale(exponent);
        float denominator = Fma(-scale, fraction, scale + 1.0f);
        float y = 1.0f / denominator;
        return x < ExpLow ? 0.0f : y;
    }

    /// <summary>The hyperbolic tangent, (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x.</summary>
    public static float Tanh(float x)
    {
        float magnitude = MathF.Abs(x);
        magnitude = TanhOne < magnitude ? TanhOne : magnitude;
        (int exponent, float fraction) = ExpParts(magnitude, -2.0f, RoundToExponent);
        float scale = Scale(exponent);
        float numerator = Fma(scale, fraction, Fma(scale, -0.5f, 0.5f));
        float denominator = Fma(-scale, fraction, Fma(scale, 0.5f, 0.5f));
        return MathF.CopySign(numerator / denominator, x);
    }

    // exponent ln 2 + ln(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2).
    private static float LogOf(float exponent, float f)
    {
        float q = Fma(Log10, f, Log9);
        q = Fma(q, f, Log8);
        q = Fma(q, f, Log7);
        q = Fma(q, f, Log6);
        q = Fma(q, f, Log5);
        q = Fma(q, f, Log4);
        q = Fma(q, f, Log3);
        q = Fma(q, f, Log2);
        float logF = Fma(f, f * q, f);
        return Fma(exponent, Ln2High, Fma(exponent, Ln2Low, logF));
    }

    // exp(factor * x) = 2^n * (1 + factor * fraction), where the exponent holds n as `round` left it. The factor is 1,
    // -1 or -2 and scales every constant exactly.
    private static (int Exponent, float Fraction) ExpParts(float x, float factor, float round)
    {
        float shifted = Fma(x, factor * Log2E, round);
        float n = shifted - round;
        float r = Fma(n, -Ln2High / factor, x);
        r = Fma(n, -Ln2Low / factor, r);
        float r2 = Fma(r, r, NoUnderflow);
        float factor2 = factor * factor;
        float low = Fma(Exp3 * factor2, r, Exp2 * factor);
        float high = Fma(Exp5 * factor2 * factor2, r, Exp4 * factor2 * factor);
        high = Fma(Exp6 * factor2 * factor2 * factor, r2, high);
        float tail = r * Fma(high, r2, low);
        return (BitConverter.SingleToInt32Bits(shifted), Fma(r, tail, r));
    }

    // The float whose exponent field is the low byte of `exponent`.
    private static float Scale(int exponent) => BitConverter.Int32BitsToSingle(exponent << 23);

    // A NaN stays.
    private static float Clamp(float low, float high, float x)
    {
        x = low > x ? low : x;
        return high < x ? high : x;
    }

    private static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    private static float Bits(uint bits) => BitConverter.UInt32BitsToSingle(bits);
}
