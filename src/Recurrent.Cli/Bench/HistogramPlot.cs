using System.Globalization;
using System.Text;

namespace Recurrent.Cli.Bench;

/// <summary>
/// A histogram as an SVG image: time per call against number of calls, both logarithmic, the control as a line.
/// </summary>
internal sealed class HistogramPlot
{
    private const double Width = 800;
    private const double Height = 400;
    private const double Left = 70;
    private const double Right = 20;
    private const double Top = 60;
    private const double Bottom = 50;

    private readonly IReadOnlyList<HistogramBin> _bins;
    private readonly double _octaves;
    private readonly double _decades;

    private HistogramPlot(IReadOnlyList<HistogramBin> bins)
    {
        _bins = bins;
        _octaves = Math.Log2(bins[^1].To / bins[0].From);
        _decades = Math.Max(1, Math.Log10(bins.Max(bin => Math.Max(bin.Calls, bin.Control))) + 0.1);
    }

    /// <summary>Draws a histogram.</summary>
    /// <param name="title">What was measured.</param>
    /// <param name="bins">At least one bin.</param>
    /// <param name="marks">Names and microseconds of vertical lines, such as percentiles.</param>
    /// <returns>The text of the file.</returns>
    public static string Draw(
        string title, IReadOnlyList<HistogramBin> bins, IEnumerable<(string Name, double Microseconds)> marks)
    {
        var plot = new HistogramPlot(bins);
        StringBuilder svg = SvgText.Begin(Width, Height, title, Left);
        plot.Axes(svg);
        plot.Bars(svg);
        plot.Control(svg);
        foreach ((string name, double microseconds) in marks)
        {
            double x = plot.X(microseconds);
            svg.Element($"""<path d="M{x:F1} {Top - 6}V{Height - Bottom}" stroke="#333" stroke-dasharray="2 3"/>""");
            svg.Text(name, x, Top - 10, "middle");
        }

        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private double X(double microseconds) =>
        Left + ((Width - Left - Right) * Math.Log2(microseconds / _bins[0].From) / _octaves);

    // A bin of one call stands a little above the axis.
    private double Y(long count) => count == 0
        ? Height - Bottom
        : Height - Bottom - ((Height - Top - Bottom) * (Math.Log10(count) + 0.1) / (_decades + 0.1));

    private void Axes(StringBuilder svg)
    {
        for (int decade = 0; decade <= _decades; decade++)
        {
            long count = (long)Math.Pow(10, decade);
            svg.Element($"""<path d="M{Left} {Y(count):F1}H{Width - Right}" stroke="#ddd"/>""");
            svg.Text(count.ToString(CultureInfo.InvariantCulture), Left - 6, Y(count) + 4, "end");
        }

        foreach (double tick in Ticks(_bins[0].From, _bins[^1].To))
        {
            svg.Element($"""<path d="M{X(tick):F1} {Height - Bottom}v5" stroke="#333"/>""");
            svg.Text(tick.ToString("0.####", CultureInfo.InvariantCulture), X(tick), Height - Bottom + 18, "middle");
        }

        svg.Element($"""<path d="M{Left} {Top}V{Height - Bottom}H{Width - Right}" fill="none" stroke="#333"/>""");
        svg.Text(
            "microseconds a call; bars: calls, line: empty loop of the same length", (Left + Width - Right) / 2,
            Height - 12, "middle");
    }

    private void Bars(StringBuilder svg)
    {
        foreach (HistogramBin bin in _bins.Where(bin => bin.Calls > 0))
        {
            double left = X(bin.From);
            svg.Element($"""
                <rect x="{left:F1}" y="{Y(bin.Calls):F1}" width="{X(bin.To) - left - 1:F1}" height="{Height - Bottom - Y(bin.Calls):F1}" fill="#d62728"/>
                """);
        }
    }

    private void Control(StringBuilder svg)
    {
        IEnumerable<string> steps = _bins.Select(bin =>
            string.Create(CultureInfo.InvariantCulture, $"V{Y(bin.Control):F1}H{X(bin.To):F1}"));
        svg.Element($"""
            <path d="M{Left} {Height - Bottom}{string.Concat(steps)}" fill="none" stroke="#1f77b4" stroke-width="1.5"/>
            """);
    }

    /// <summary>1, 2 and 5 times the powers of ten; the powers alone where that is too many.</summary>
    private static IEnumerable<double> Ticks(double least, double most)
    {
        double[] digits = most / least > 1000 ? [1] : [1, 2, 5];
        return from power in Enumerable.Range(-6, 16)
               from digit in digits
               let tick = digit * Math.Pow(10, power)
               where tick >= least && tick <= most
               select tick;
    }
}
