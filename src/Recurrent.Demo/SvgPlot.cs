using System.Security;
using System.Text;

namespace Recurrent.Demo;

/// <summary>
/// A line plot over years, as an SVG file: axes with ticks and names, a legend, lines in order of drawing.
/// </summary>
internal sealed class SvgPlot(string title, string horizontalName, string verticalName)
{
    private const double Width = 1200;
    private const double Height = 480;
    private const double Left = 70;
    private const double Right = 20;
    private const double Top = 70;
    private const double Bottom = 60;
    private const int MaxTicks = 7;

    private readonly List<Series> _series = [];

    /// <summary>Adds a line of one value a year.</summary>
    public SvgPlot Line(string name, string colour, int firstYear, double[] values)
    {
        _series.Add(new Series(name, colour, firstYear, values));
        return this;
    }

    /// <summary>Writes the file.</summary>
    public void Save(string path)
    {
        var years = new Axis(_series.Min(s => s.FirstYear), _series.Max(s => s.LastYear), Left, Width - Right);
        double lowest = Math.Min(0, _series.Min(s => s.Values.Min()));
        Axis values = new Axis(lowest, _series.Max(s => s.Values.Max()), Height - Bottom, Top).EndingAtTick();
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {Width} {Height}' width='{Width}' height='{Height}'
              font-family='sans-serif' font-size='14' fill='#333'>
            <rect width='{Width}' height='{Height}' fill='white'/>
            """);
        AppendText(svg, title, Left, 30, "start", "font-size='19' font-weight='bold'");
        AppendAxes(svg, years, values);
        for (int i = 0; i < _series.Count; i++)
        {
            AppendSeries(svg, _series[i], years, values, legend: Left + (i * 120));
        }

        svg.AppendLine("</svg>");
        File.WriteAllText(path, svg.ToString());
    }

    private void AppendAxes(StringBuilder svg, Axis years, Axis values)
    {
        foreach (double value in values.Ticks)
        {
            double y = values.Position(value);
            Append(svg, $"<path d='M{Left} {y:F1}H{Width - Right}' stroke='#ddd'/>");
            AppendText(svg, $"{value}", Left - 8, y + 5, "end");
        }

        foreach (double year in years.Ticks)
        {
            double x = years.Position(year);
            Append(svg, $"<path d='M{x:F1} {Height - Bottom}v6' stroke='#333'/>");
            AppendText(svg, $"{year}", x, Height - Bottom + 22, "middle");
        }

        Append(svg, $"<path d='M{Left} {Top}V{Height - Bottom}H{Width - Right}' fill='none' stroke='#333'/>");
        AppendText(svg, horizontalName, (Left + Width - Right) / 2, Height - 14, "middle");
        double middle = (Top + Height - Bottom) / 2;
        string turned = FormattableString.Invariant($"transform='rotate(-90 20 {middle})'");
        AppendText(svg, verticalName, 20, middle, "middle", turned);
    }

    private static void AppendSeries(StringBuilder svg, Series series, Axis years, Axis values, double legend)
    {
        IEnumerable<string> points = series.Values.Select((value, i) => FormattableString.Invariant(
            $"{years.Position(series.FirstYear + i):F1},{values.Position(value):F1}"));
        string stroke = $"fill='none' stroke='{series.Colour}' stroke-width='1.8' stroke-linejoin='round'";
        Append(svg, $"<polyline {stroke} points='{string.Join(' ', points)}'/>");
        Append(svg, $"<path d='M{legend} 50h28' {stroke}/>");
        AppendText(svg, series.Name, legend + 36, 55, "start");
    }

    private static void AppendText(
        StringBuilder svg, string text, double x, double y, string anchor, string attributes = "")
    {
        string escaped = SecurityElement.Escape(text);
        Append(svg, $"<text x='{x:F1}' y='{y:F1}' text-anchor='{anchor}' {attributes}>{escaped}</text>");
    }

    private static void Append(StringBuilder svg, FormattableString element) =>
        svg.AppendLine(FormattableString.Invariant(element));

    private sealed record Series(string Name, string Colour, int FirstYear, double[] Values)
    {
        public int LastYear => FirstYear + Values.Length - 1;
    }

    /// <summary>Values to positions, and round values for ticks.</summary>
    private sealed record Axis(double Minimum, double Maximum, double Start, double End)
    {
        public IEnumerable<double> Ticks
        {
            get
            {
                for (double tick = Math.Ceiling(Minimum / Step) * Step; tick <= Maximum; tick += Step)
                {
                    yield return tick;
                }
            }
        }

        /// <summary>
        /// The next of 2, 5 or 10 times a power of ten that gives at most as many ticks as there is room for.
        /// </summary>
        private double Step
        {
            get
            {
                double rough = (Maximum - Minimum) / MaxTicks;
                double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
                return power * (rough < 2 * power ? 2 : rough < 5 * power ? 5 : 10);
            }
        }

        public Axis EndingAtTick() => this with { Maximum = Math.Ceiling(Maximum / Step) * Step };

        public double Position(double value) => Start + ((value - Minimum) / (Maximum - Minimum) * (End - Start));
    }
}
