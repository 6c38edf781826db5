using Recurrent.Plots;

namespace Recurrent.Cli.Bench;

/// <summary>A histogram as a plot: time per call against number of samples, beside the control.</summary>
internal static class HistogramPlot
{
    private static readonly string[] MarkedPercentiles = ["p50", "p99", "p99.9"];

    /// <summary>The plot of a measurement.</summary>
    public static Chart Of(BenchReport report)
    {
        Chart chart = Of($"{report.Workload.Title}; {report.Recommended.Candidate}", report.Bins);
        foreach ((string name, double microseconds) in BenchReport.Percentiles(report.Latencies))
        {
            if (MarkedPercentiles.Contains(name))
            {
                chart.Mark($"{name} {Numbers.Short(microseconds)} µs", microseconds);
            }
        }

        return chart;
    }

    /// <summary>The plot of some bins; at least one.</summary>
    public static Chart Of(string title, IReadOnlyList<HistogramBin> bins) =>
        new Chart(
            title,
            new PlotAxis("time per call", "µs") { IsLogarithmic = true },
            new PlotAxis("samples") { IsLogarithmic = true })
            .Bars("calls", [.. bins.Select(bin => (bin.From, bin.To, (double)bin.Calls))])
            .Outline("empty loop of the same length", [.. bins.Select(bin => (bin.From, bin.To, (double)bin.Control))]);
}
