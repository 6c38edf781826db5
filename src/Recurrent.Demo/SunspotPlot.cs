using Recurrent.Plots;

namespace Recurrent.Demo;

/// <summary>The yearly sunspot numbers and forecasts of the last of them.</summary>
internal static class SunspotPlot
{
    /// <summary>The plot of a forecast.</summary>
    /// <param name="title">Whose forecast it is.</param>
    /// <param name="measured">The numbers from <see cref="SunspotTask.FirstYear"/> on.</param>
    /// <param name="forecast">The sunspots of the last years, forecast.</param>
    public static Chart Of(string title, IReadOnlyList<double> measured, IReadOnlyList<double> forecast)
    {
        double[] years = [.. Enumerable.Range(SunspotTask.FirstYear, measured.Count).Select(year => (double)year)];
        return new Chart(
            title, new PlotAxis("year") { IsWhole = true }, new PlotAxis("sunspot number", "mean of the year") { HasZero = true })
            .Line("measured", years, measured)
            .Line("forecast", years[^forecast.Count..], forecast);
    }
}
