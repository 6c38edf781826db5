using ScottPlot;
using ScottPlot.AxisPanels;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Recurrent.Plots;

/// <summary>A chart as ScottPlot draws it.</summary>
internal sealed class ChartDrawing
{
    private const int MostTicksAcross = 9;
    private const int MostTicksUp = 9;
    private const float TitleSize = 17;
    private const float LabelSize = 14;
    private const float TickSize = 12.5f;

    // Up to so many points of a line have markers.
    private const int MostMarkers = 40;
    private const int MostPointsOfThickLine = 200;

    private static readonly Color Ink = new("#24292f");
    private static readonly Color Edge = new("#d0d7de");
    private static readonly Color Grid = new("#e4e8ec");

    // At least 4.5 to 1 on white.
    private static readonly Color[] Palette = [new("#1f5fa8"), new("#c2410c"), new("#0f766e"), new("#7e22ce")];
    private static readonly LinePattern[] MarkPatterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted];

    private readonly PlotScale _x;
    private readonly PlotScale _y;

    public ChartDrawing(
        PlotAxis x,
        PlotAxis y,
        IReadOnlyList<ChartLine> lines,
        IReadOnlyList<ChartBars> bars,
        IReadOnlyList<(string Name, double X)> marks)
    {
        PlotFont.Register();
        _x = PlotScale.Of(x, [
            .. lines.SelectMany(line => line.Xs), .. marks.Select(mark => mark.X),
            .. bars.SelectMany(series => series.Bars).SelectMany(bar => new[] { bar.From, bar.To })]);
        _y = PlotScale.Of(y, [
            .. lines.SelectMany(line => line.Ys), .. bars.SelectMany(series => series.Bars).Select(bar => bar.Value)]);
        foreach (ChartBars series in bars)
        {
            AddBars(series);
        }

        foreach (ChartLine line in lines)
        {
            AddLine(line);
        }

        for (int i = 0; i < marks.Count; i++)
        {
            AddMark(marks[i].Name, marks[i].X, MarkPatterns[i % MarkPatterns.Length]);
        }

        SetStyle();
        SetAxis(Plot.Axes.Bottom, x, _x, MostTicksAcross);
        SetAxis(Plot.Axes.Left, y, _y, MostTicksUp);
        SetLegend([.. lines.Select(line => line.Name), .. bars.Select(series => series.Name), .. marks.Select(mark => mark.Name)]);
    }

    public Plot Plot { get; } = new();

    public void AddTitle(string title, int width)
    {
        Plot.Axes.Title.IsVisible = true;
        Set(Plot.Axes.Title.Label, PlotFont.Shorten(title, TitleSize, width - 120), TitleSize);
    }

    public void AddNote(string text)
    {
        Annotation note = Plot.Add.Annotation(text, Alignment.MiddleCenter);
        Set(note.LabelStyle, text, TitleSize);
        note.LabelBackgroundColor = Colors.White;
        note.LabelBorderColor = Edge;
        note.LabelShadowColor = Colors.Transparent;
        note.LabelStyle.PixelPadding = new PixelPadding(12, 12, 6, 9);
    }

    private void AddLine(ChartLine line)
    {
        double[] xs = [.. line.Xs.Select(_x.Place)];
        double[] ys = [.. line.Ys.Select(value => line.IsOutline && value == 0 ? _y.Low : _y.Place(value))];
        Scatter drawn = Plot.Add.Scatter(xs, ys, Palette[line.Number % Palette.Length]);
        drawn.LegendText = PlotFont.Fit(line.Name).Text;
        drawn.LineWidth = xs.Length <= MostPointsOfThickLine ? 2 : 1.4f;
        drawn.MarkerSize = line.IsOutline || xs.Length > MostMarkers ? 0 : 7;
    }

    private void AddBars(ChartBars series)
    {
        BarPlot drawn = Plot.Add.Bars((Bar[])[.. series.Bars.Where(bar => bar.Value > 0).Select(bar => new Bar
        {
            Position = (_x.Place(bar.From) + _x.Place(bar.To)) / 2,
            Size = _x.Place(bar.To) - _x.Place(bar.From),
            ValueBase = _y.Low,
            Value = _y.Place(bar.Value),
            FillColor = Palette[series.Number % Palette.Length].WithAlpha(0.75),
            LineColor = Colors.White,
        })]);
        drawn.LegendText = PlotFont.Fit(series.Name).Text;
    }

    private void AddMark(string name, double at, LinePattern pattern)
    {
        VerticalLine drawn = Plot.Add.VerticalLine(_x.Place(at), 1.5f, Ink, pattern);
        drawn.LegendText = PlotFont.Fit(name).Text;
    }

    private void SetStyle()
    {
        Plot.FigureBackground.Color = Colors.White;
        Plot.Grid.MajorLineColor = Grid;
        Plot.Axes.Color(Ink);
        Plot.Axes.Right.FrameLineStyle.IsVisible = false;
        Plot.Axes.Right.MinimumSize = 20;
        Plot.Axes.Top.IsVisible = false;
        Plot.Axes.Left.TickLabelStyle.OffsetY = 2;
        ((AxisBase)Plot.Axes.Left).PaddingOutsideAxisLabels = new PixelPadding(5, 2);
        ((AxisBase)Plot.Axes.Bottom).PaddingOutsideAxisLabels = new PixelPadding(2, 5);
        Plot.Axes.SetLimits(_x.Low, _x.High, _y.Low, _y.High);
    }

    private static void SetAxis(IAxis axis, PlotAxis described, PlotScale scale, int most)
    {
        Set(axis.Label, described.Label, LabelSize);
        Set(axis.TickLabelStyle, string.Empty, TickSize);
        axis.TickGenerator = new NumericManual(
            [.. scale.Ticks(most).Select(tick => new Tick(tick.Place, tick.Label ?? string.Empty, tick.Label is not null))]);
    }

    private void SetLegend(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return;
        }

        Legend legend = Plot.Legend;
        legend.FontName = PlotFont.Fit(string.Concat(names)).Family;
        legend.FontSize = TickSize;
        legend.FontColor = Ink;
        legend.OutlineWidth = 0;
        legend.ShadowColor = Colors.Transparent;
        legend.TightHorizontalWrapping = true;
        legend.SymbolWidth = 28;
        ScottPlot.Panels.LegendPanel panel = Plot.ShowLegend(ScottPlot.Edge.Top);
        panel.Padding = new PixelPadding(0, 2);
    }

    private static void Set(LabelStyle label, string text, float size)
    {
        (label.Text, label.FontName) = PlotFont.Fit(text);
        label.FontSize = size;
        label.Bold = false;
        label.ForeColor = Ink;
    }
}
