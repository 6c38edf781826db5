using Recurrent.Plots;

namespace Recurrent.Cli.Compare;

/// <summary>Differences over time as a plot, on a logarithmic scale: the largest and the mean of each step.</summary>
internal static class DifferencePlot
{
    private const int MostPoints = 800;

    /// <summary>The plot of a comparison. Steps without a difference lie on a row of their own.</summary>
    public static Chart Of(string title, Comparison comparison)
    {
        (int First, int Last, double Largest, double Mean)[] ranges = [.. comparison.Ranges(MostPoints)];
        double[] steps = [.. ranges.Select(range => (range.First + range.Last) / 2.0)];
        bool isOne = ranges.All(range => range.Largest.Equals(range.Mean));
        Chart chart = new Chart(
            title,
            new PlotAxis("step") { IsWhole = true },
            new PlotAxis("absolute difference", "units of the output") { IsLogarithmic = true, ZeroName = "equal" })
            .Line(isOne ? "difference" : "largest", steps, [.. ranges.Select(range => range.Largest)]);
        chart = isOne ? chart : chart.Line("mean", steps, [.. ranges.Select(range => range.Mean)]);
        return comparison.Total.Different == 0 ? chart.Note(CompareText.EqualValues(comparison.Total.Count)) : chart;
    }
}
