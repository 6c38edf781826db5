using System.Globalization;

namespace Recurrent.Plots;

/// <summary>Numbers as the ticks of an axis have them.</summary>
internal static class PlotNumber
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>As in <c>0.05</c>, <c>1700</c>, <c>20,000</c>, <c>10⁻⁷</c>, <c>2×10⁻⁷</c>.</summary>
    public static string Text(double value)
    {
        double size = Math.Abs(value);
        return value == 0 ? "0"
            : size is < 0.9999e-3 or >= 0.99999e6 ? Scientific(value)
            : size >= 1e4 ? value.ToString("#,0.##", CultureInfo.InvariantCulture)
            : value.ToString("0.#######", CultureInfo.InvariantCulture);
    }

    /// <summary>A power of ten: <c>10⁻⁷</c>.</summary>
    public static string Power(int exponent) =>
        "10" + (exponent < 0 ? "⁻" : "")
        + string.Concat(Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).Select(digit => Superscripts[digit - '0']));

    private static string Scientific(double value)
    {
        // The digits of a tick are few; what is beyond them is rounding.
        string[] parts = value.ToString("0.###E+0", CultureInfo.InvariantCulture).Split('E');
        string power = Power(int.Parse(parts[1], CultureInfo.InvariantCulture));
        return parts[0] == "1" ? power : $"{parts[0]}×{power}";
    }
}
