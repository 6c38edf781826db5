namespace Recurrent.Plots;

/// <summary>A tick: where it is, and what it says; minor ticks say nothing.</summary>
internal sealed record RoundTick(double Value, string? Label);

/// <summary>Ticks at round values: 1, 2 and 5 times powers of ten.</summary>
internal static class RoundTicks
{
    private static readonly int[] Every = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    /// <summary>Ticks of a linear axis, none of them outside of it.</summary>
    /// <param name="low">Where the axis begins.</param>
    /// <param name="high">Where it ends, above <paramref name="low"/>.</param>
    /// <param name="most">How many ticks at most.</param>
    /// <param name="isWhole">Whether they are whole numbers.</param>
    public static IReadOnlyList<RoundTick> Linear(double low, double high, int most, bool isWhole = false)
    {
        double step = Step((high - low) / most);
        step = isWhole ? Math.Max(1, step) : step;
        double tolerance = 1e-9 * step;
        long first = (long)Math.Ceiling((low - tolerance) / step);
        long last = (long)Math.Floor((high + tolerance) / step);
        return
        [
            .. Enumerable.Range(0, (int)(last - first + 1)).Select(i => (first + i) * step)
                .Select(value => new RoundTick(value, PlotNumber.Text(value))),
        ];
    }

    /// <summary>
    /// Ticks of a logarithmic axis: every decade, or every second, fifth and so on of many decades; 1, 2 and 5 in few
    /// decades; round values where the axis does not have even those.
    /// </summary>
    /// <param name="low">Where the axis begins, above 0.</param>
    /// <param name="high">Where it ends, above <paramref name="low"/>.</param>
    /// <param name="most">How many labelled ticks at most.</param>
    public static IReadOnlyList<RoundTick> Logarithmic(double low, double high, int most)
    {
        double[] decades = Within([1], low, high);
        if (decades.Length > most)
        {
            int step = (int)Step((double)decades.Length / most);
            double[] named = [.. decades.Where(value => Exponent(value) % step == 0)];
            return [.. Named(named), .. Unnamed(decades.Except(named))];
        }

        double[] labelled = decades.Length >= 3 ? decades : Within([1, 2, 5], low, high);
        if (labelled.Length < 3)
        {
            return Linear(low, high, most);
        }

        return
        [
            .. decades.Length >= 3 ? Named(labelled) : labelled.Select(value => new RoundTick(value, PlotNumber.Text(value))),
            .. Unnamed(Within(Every, low, high).Except(labelled)),
        ];
    }

    // All of an axis's decades as decimals or all as powers, never some of each.
    private static IEnumerable<RoundTick> Named(double[] decades)
    {
        bool isShort = decades.All(decade => Exponent(decade) is >= -3 and <= 5);
        return decades.Select(decade => new RoundTick(
            decade, isShort ? PlotNumber.Text(decade) : PlotNumber.Power(Exponent(decade))));
    }

    private static IEnumerable<RoundTick> Unnamed(IEnumerable<double> values) =>
        values.Select(value => new RoundTick(value, null));

    private static int Exponent(double decade) => (int)Math.Round(Math.Log10(decade));

    private static double[] Within(int[] digits, double low, double high) =>
    [
        .. from exponent in Enumerable.Range(
               (int)Math.Floor(Math.Log10(low)), (int)(Math.Ceiling(Math.Log10(high)) - Math.Floor(Math.Log10(low))) + 1)
           from digit in digits
           let value = digit * Math.Pow(10, exponent)
           where value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9) && double.IsFinite(value)
           select value,
    ];

    /// <summary>The next of 1, 2 or 5 times a power of ten that is not below a value.</summary>
    private static double Step(double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double digits = least / power;
        return power * (digits <= 1.000001 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10);
    }
}
