namespace Recurrent.Plots;

/// <summary>What an axis shows, in which unit, and how.</summary>
/// <param name="Name">The quantity: <c>time per call</c>.</param>
/// <param name="Unit">Its unit; null where it is a count that its name says.</param>
public sealed record PlotAxis(string Name, string? Unit = null)
{
    /// <summary>Whether the axis is logarithmic; its label says so.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Whether values are whole numbers, so that ticks are, too.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether a linear axis shows 0 whatever the values are.</summary>
    public bool HasZero { get; init; }

    /// <summary>
    /// What a logarithmic axis calls the row below its lowest decade, where values of 0 lie; null where there are none.
    /// </summary>
    public string? ZeroName { get; init; }

    /// <summary>As in <c>time per call (µs, log scale)</c>.</summary>
    public string Label
    {
        get
        {
            string inside = string.Join(", ", new[] { Unit, IsLogarithmic ? "log scale" : null }.OfType<string>());
            return inside.Length == 0 ? Name : $"{Name} ({inside})";
        }
    }
}
