using System.Numerics;

namespace Recurrent.Reference;

/// <summary>The functions of the platform's own mathematics library, with nothing flushed.</summary>
/// <typeparam name="T">The number type; <see cref="double"/> gives the oracle.</typeparam>
internal readonly struct OracleArithmetic<T> : IArithmetic<T>
    where T : IFloatingPointIeee754<T>
{
    public static T Flush(T value) => value;

    public static T Exp(T a) => T.Exp(a);

    public static T Log(T a) => T.Log(a);

    // .NET computes ExpM1 and LogP1 by the plain formulas, which lose everything near 0. These are W. Kahan's, which
    // correct the rounding of e^a and of 1 + a.
    public static T Expm1(T a)
    {
        T power = T.Exp(a);
        if (power == T.One)
        {
            return a;
        }

        T difference = power - T.One;
        return difference == -T.One || !T.IsFinite(power) ? difference : difference * (a / T.Log(power));
    }

    public static T Log1p(T a)
    {
        T sum = T.One + a;
        if (sum == T.One)
        {
            return a;
        }

        return T.IsFinite(sum) ? T.Log(sum) * (a / (sum - T.One)) : T.Log(sum);
    }

    // Of the two forms of the quotient, each is used where its exponential cannot overflow.
    public static T Sigmoid(T a)
    {
        if (a >= T.Zero)
        {
            return T.One / (T.One + T.Exp(-a));
        }

        T power = T.Exp(a);
        return power / (T.One + power);
    }

    public static T Tanh(T a) => T.Tanh(a);
}
