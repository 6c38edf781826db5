using Recurrent.Files;
using ScottPlot;

namespace Recurrent.Plots;

/// <summary>A plot of lines, bars and marks over two axes with names and units, with a legend, as an SVG or a PNG.</summary>
/// <remarks>
/// It is dark on an opaque white card, so that it reads the same on a light and on a dark page: a page does not tell an image
/// which of them it is, and colours that suit both are pale on each. Its text is drawn with a font of its own, and an SVG
/// holds it as outlines.
/// </remarks>
/// <param name="title">What is shown; shortened in its middle where it is too long.</param>
/// <param name="x">The horizontal axis.</param>
/// <param name="y">The vertical axis.</param>
public sealed class Chart(string title, PlotAxis x, PlotAxis y)
{
    private const int Width = 900;
    private const int Height = 450;

    // Of a PNG, so that it is sharp on a dense screen.
    private const int PixelRatio = 2;

    private readonly List<ChartLine> _lines = [];
    private readonly List<ChartBars> _bars = [];
    private readonly List<(string Name, double X)> _marks = [];
    private string? _note;

    /// <summary>Adds a line through points, with markers where they are few.</summary>
    /// <param name="name">Its name in the legend.</param>
    /// <param name="xs">Places of the points, rising.</param>
    /// <param name="ys">Their values, as many; NaN leaves a gap.</param>
    /// <exception cref="ArgumentException">There are not as many values as places.</exception>
    public Chart Line(string name, IReadOnlyList<double> xs, IReadOnlyList<double> ys)
    {
        if (xs.Count != ys.Count)
        {
            throw new ArgumentException($"expected {xs.Count} values, as many as places, found {ys.Count}.", nameof(ys));
        }

        _lines.Add(new ChartLine(name, _lines.Count + _bars.Count, xs, ys, IsOutline: false));
        return this;
    }

    /// <summary>Adds bars that stand on the horizontal axis.</summary>
    /// <param name="name">Their name in the legend.</param>
    /// <param name="bars">Left and right edges and heights; a height of 0 is no bar.</param>
    public Chart Bars(string name, IReadOnlyList<(double From, double To, double Value)> bars)
    {
        _bars.Add(new ChartBars(name, _lines.Count + _bars.Count, bars));
        return this;
    }

    /// <summary>Adds the outline of bars.</summary>
    /// <param name="name">Its name in the legend.</param>
    /// <param name="bars">Left and right edges and heights of adjacent bars.</param>
    public Chart Outline(string name, IReadOnlyList<(double From, double To, double Value)> bars)
    {
        double[] xs = [.. bars.SelectMany(bar => new[] { bar.From, bar.To })];
        double[] ys = [.. bars.SelectMany(bar => new[] { bar.Value, bar.Value })];
        _lines.Add(new ChartLine(name, _lines.Count + _bars.Count, xs, ys, IsOutline: true));
        return this;
    }

    /// <summary>Adds a vertical line over the whole height.</summary>
    /// <param name="name">Its name in the legend.</param>
    /// <param name="at">Where it is.</param>
    public Chart Mark(string name, double at)
    {
        _marks.Add((name, at));
        return this;
    }

    /// <summary>Writes a sentence into the middle.</summary>
    public Chart Note(string text)
    {
        _note = text;
        return this;
    }

    /// <summary>Writes the plot.</summary>
    /// <param name="path">
    /// The file: .svg, or .png of twice as many pixels. One that is there is replaced, once the new one is written.
    /// </param>
    /// <exception cref="NotSupportedException">The name has another extension.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Save(string path)
    {
        if (PlotFile.IsVector(path))
        {
            AtomicFile.WriteText(path, ToSvg());
        }
        else
        {
            byte[] png = ToPng();
            AtomicFile.Write(path, stream => stream.Write(png));
        }
    }

    /// <summary>The plot as the text of an SVG.</summary>
    public string ToSvg()
    {
        using Plot plot = Draw();
        return SvgOutlines.Of(plot.GetSvgXml(Width, Height), PlotFont.Fit(title).Text, Width, Height);
    }

    private byte[] ToPng()
    {
        using Plot plot = Draw();
        plot.ScaleFactor = PixelRatio;
        return plot.GetImageBytes(PixelRatio * Width, PixelRatio * Height, ImageFormat.Png);
    }

    private Plot Draw()
    {
        var drawing = new ChartDrawing(x, y, _lines, _bars, _marks);
        drawing.AddTitle(title, Width);
        if (_note is not null)
        {
            drawing.AddNote(_note);
        }

        return drawing.Plot;
    }
}
