using System.Globalization;

namespace Recurrent.Cli.Bench;

/// <summary>Measured figures as people read them.</summary>
internal static class Numbers
{
    /// <summary>Three digits, or all those before the point.</summary>
    public static string Short(double value)
    {
        if (!double.IsFinite(value))
        {
            return "-";
        }

        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
        return value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }

    public static string Percent(double share) => (100 * share).ToString("F0", CultureInfo.InvariantCulture) + " %";

    public static string KiB(double bytes) => Short(bytes / 1024) + " KiB";
}
