using Recurrent.Plots;

namespace Recurrent.Cli.Forecast;

/// <summary>The end of a series and what is forecast to follow it.</summary>
internal static class ForecastPlot
{
    // So many steps of the past for each step of the forecast, and at least so many.
    private const int PastForEach = 5;
    private const int LeastPast = 50;

    public static void Save(ForecastReport report, string path)
    {
        int features = report.Table.Features;
        int past = Math.Min(report.Table.Steps, Math.Max(LeastPast, PastForEach * report.Steps));
        string unit = report.Table.Time?.Step switch
        {
            "P1Y" => "years",
            "P1M" => "months",
            "P1D" => "days",
            "PT1H" => "hours",
            "PT1M" => "minutes",
            "PT1S" => "seconds",
            { } step => $"steps of {step}",
            null => "steps",
        };
        var chart = new Chart(
            $"Forecast of {Path.GetFileName(report.Input)}", new PlotAxis("after the last value", unit) { IsWhole = true },
            new PlotAxis(string.Join(", ", report.Table.Names), "units of the file"));
        for (int i = 0; i < features; i++)
        {
            string name = report.Table.Names[i];
            double[] before = [.. Enumerable.Range(report.Table.Steps - past, past)
                .Select(at => (double)report.Table.Values[(at * features) + i])];
            double[] after = [.. Enumerable.Range(0, report.Steps)
                .Select(at => (double)report.Values[(at * features) + i])];
            chart.Line(name, [.. Enumerable.Range(1 - past, past).Select(at => (double)at)], before)
                .Line($"{name}, forecast", [.. Enumerable.Range(0, report.Steps + 1).Select(at => (double)at)], [before[^1], .. after]);
        }

        chart.Save(path);
    }
}
