using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>
/// The error function and <c>gelu</c>, as layers that there are: the error function is
/// <c>1 - (a1 t + ... + a5 t^5) exp(-x^2)</c>, <c>t = 1 / (1 + p x)</c>, for <c>x</c> above 0, within 1.5e-7 (Abramowitz and
/// Stegun 1964, 7.1.26).
/// </summary>
internal static class ErrorFunction
{
    /// <summary>What a note says of it.</summary>
    public const string Note = "the error function becomes a formula that is right within 4.5e-7";

    private const float P = 0.3275911f;

    // Beyond this the function is 1 in every digit.
    private const float Largest = 10;

    // So large a factor makes a sign of every number that counts.
    private const float Sign = 1e30f;

    // From the highest power down.
    private static readonly float[] Coefficients = [1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f];

    /// <summary>The error function of a value.</summary>
    public static T Erf<T>(T data)
        where T : IElementwise<T>
    {
        T x = data.Begin("erf.range").Then(Activation.Clip(-Largest, Largest));
        T t = x.Begin("erf.t").Then(Activation.Affine(P)).Then(Activation.Softsign)
            .Then(Activation.LeakyRelu(-1)).Then(Activation.Affine(-1, 1));
        T sum = t.Begin("erf.sum").Then(Activation.Affine(Coefficients[0], Coefficients[1]));
        foreach (float coefficient in Coefficients[2..])
        {
            sum = sum.Times(t).Then(Activation.Affine(1, coefficient));
        }

        // Of a number below 0 the exponential linear unit is exp - 1.
        T bell = x.Begin("erf.bell").Times(x).Then(Activation.Affine(-1)).Then(Activation.Elu()).Then(Activation.Affine(1, 1));
        T sign = x.Begin("erf.sign").Then(Activation.Affine(Sign)).Then(Activation.Clip(-1, 1));
        return sum.Times(t).Times(bell).Then(Activation.Affine(-1, 1)).Times(sign);
    }

    /// <summary><c>x / 2 * (1 + erf(x / sqrt(2)))</c>.</summary>
    public static T Gelu<T>(T x)
        where T : IElementwise<T> =>
        Half(Erf(x.Begin("scaled").Then(Activation.Affine((float)Math.Sqrt(0.5)))), x);

    /// <summary><c>x / 2 * (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))</c>.</summary>
    public static T GeluByTanh<T>(T x)
        where T : IElementwise<T> => Half(
        x.Begin("square").Times(x).Then(Activation.Affine(0.044715f, 1)).Times(x)
            .Then(Activation.ScaledTanh(1, (float)Math.Sqrt(2 / Math.PI))),
        x);

    private static T Half<T>(T inner, T x)
        where T : IElementwise<T> => inner.Then(Activation.Affine(0.5f, 0.5f)).Times(x);
}
