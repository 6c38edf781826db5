namespace Recurrent.Plots;

/// <summary>From values to places along an axis, with ticks at round values.</summary>
internal abstract class PlotScale
{
    // Room beyond the outermost values, so that lines and markers are not cut.
    private const double Margin = 0.03;

    /// <summary>The place where the axis begins.</summary>
    public double Low { get; protected init; }

    /// <summary>The place where it ends.</summary>
    public double High { get; protected init; }

    /// <summary>The scale of an axis that shows some values.</summary>
    public static PlotScale Of(PlotAxis axis, IReadOnlyCollection<double> values) =>
        axis.IsLogarithmic ? new LogarithmicScale(axis, values) : new LinearScale(axis, values);

    /// <summary>Where a value lies; NaN where it is not shown.</summary>
    public abstract double Place(double value);

    /// <summary>Ticks: their places and labels; null for a minor tick.</summary>
    /// <param name="most">How many labels there is room for.</param>
    public abstract IEnumerable<(double Place, string? Label)> Ticks(int most);

    /// <summary>Ends with a margin; equal values get some room around them.</summary>
    protected static (double Low, double High) Widen(double low, double high, double least)
    {
        double missing = Math.Max(0, (2 * least) - (high - low)) / 2;
        double margin = Margin * (high - low);
        return missing > 0 ? (low - missing, high + missing) : (low - margin, high + margin);
    }
}
