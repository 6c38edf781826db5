using System.Globalization;
using System.Text;

namespace Recurrent.Cli.Compare;

/// <summary>Differences over time as an SVG image, on a logarithmic scale: the largest and the mean of each step.</summary>
internal sealed class DifferencePlot
{
    private const double Width = 900;
    private const double Height = 400;
    private const double Left = 70;
    private const double Right = 20;
    private const double Top = 60;
    private const double Bottom = 50;
    private const int MostPoints = 800;
    private const int MostDecades = 20;

    private readonly List<(int First, int Last, double Largest, double Mean)> _ranges;
    private readonly int _steps;
    private readonly int _lowest;
    private readonly int _highest;

    private DifferencePlot(Comparison comparison)
    {
        _steps = comparison.Steps.Count;
        _ranges = [.. comparison.Ranges(MostPoints)];
        double[] shown = [.. _ranges.SelectMany(range => new[] { range.Largest, range.Mean })
            .Where(value => value > 0 && double.IsFinite(value))];
        _highest = shown.Length == 0 ? 0 : (int)Math.Ceiling(Math.Log10(shown.Max()));
        int lowest = shown.Length == 0 ? -1 : (int)Math.Floor(Math.Log10(shown.Min()));
        _lowest = Math.Clamp(lowest, _highest - MostDecades, _highest - 1);
    }

    /// <summary>Draws a comparison.</summary>
    /// <returns>The text of the file.</returns>
    public static string Draw(string title, Comparison comparison)
    {
        var plot = new DifferencePlot(comparison);
        StringBuilder svg = SvgText.Begin(Width, Height, title, Left);
        plot.Axes(svg);
        plot.Line(svg, "largest", "#d62728", Left, range => range.Largest);
        plot.Line(svg, "mean", "#1f77b4", Left + 100, range => range.Mean);
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private double X(double step) => Left + ((Width - Left - Right) * step / Math.Max(1, _steps - 1));

    // No difference lies on the axis, and one that is infinite at the top.
    private double Y(double difference) => difference > 0
        ? YOfDecade(Math.Clamp(Math.Log10(difference), _lowest, _highest))
        : Height - Bottom;

    private double YOfDecade(double decade) =>
        Height - Bottom - ((Height - Top - Bottom) * (decade - _lowest) / (_highest - _lowest));

    private void Axes(StringBuilder svg)
    {
        for (int decade = _lowest; decade <= _highest; decade++)
        {
            double y = YOfDecade(decade);
            svg.Element($"""<path d="M{Left} {y:F1}H{Width - Right}" stroke="#ddd"/>""");
            svg.Text($"1e{decade}", Left - 6, y + 4, "end");
        }

        foreach (int step in Ticks())
        {
            svg.Element($"""<path d="M{X(step):F1} {Height - Bottom}v5" stroke="#333"/>""");
            svg.Text(step.ToString(CultureInfo.InvariantCulture), X(step), Height - Bottom + 18, "middle");
        }

        svg.Element($"""<path d="M{Left} {Top}V{Height - Bottom}H{Width - Right}" fill="none" stroke="#333"/>""");
        svg.Text("step; absolute difference of the outputs", (Left + Width - Right) / 2, Height - 12, "middle");
    }

    private void Line(
        StringBuilder svg, string name, string colour, double legend,
        Func<(int First, int Last, double Largest, double Mean), double> value)
    {
        IEnumerable<string> points = _ranges.Select(range => string.Create(
            CultureInfo.InvariantCulture, $"{X((range.First + range.Last) / 2.0):F1},{Y(value(range)):F1}"));
        svg.Element($"""
            <polyline points="{string.Join(' ', points)}" fill="none" stroke="{colour}" stroke-width="1.5"/>
            <path d="M{legend} 42h24" stroke="{colour}" stroke-width="1.5"/>
            """);
        svg.Text(name, legend + 30, 46, "start");
    }

    // Up to ten round steps.
    private IEnumerable<int> Ticks()
    {
        int last = Math.Max(1, _steps - 1);
        int power = (int)Math.Pow(10, Math.Floor(Math.Log10(last)));
        int distance = Math.Max(1, last / power >= 5 ? power : power / 2);
        for (long tick = 0; tick <= last; tick += distance)
        {
            yield return (int)tick;
        }
    }
}
