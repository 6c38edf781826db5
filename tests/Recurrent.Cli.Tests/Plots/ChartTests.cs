using Recurrent.Plots;
using SkiaSharp;

namespace Recurrent.Cli.Tests.Plots;

/// <summary>What a chart says and shows.</summary>
public sealed class ChartTests
{
    private static readonly PlotAxis Step = new("step") { IsWhole = true };

    [Fact]
    public void Both_axes_and_every_series_have_their_names()
    {
        SvgPlot plot = SvgPlot.Of(new Chart("a < b & \"c\"", Step, new PlotAxis("time", "µs") { IsLogarithmic = true })
            .Line("calls", [0, 1, 2], [1, 10, 100]).Line("control", [0, 1, 2], [2, 20, 200]).Mark("p50 3 µs", 1));

        plot.AssertShows("a < b & \"c\"", "step", "time (µs, log scale)", "calls", "control", "p50 3 µs");
        Assert.Equal("0 0 900 450", plot.Root.Attribute("viewBox")!.Value);
        Assert.Equal("a < b & \"c\"", plot.Root.Elements().First().Value);
    }

    [Fact]
    public void The_card_is_opaque_so_that_a_dark_page_does_not_shine_through()
    {
        SvgPlot plot = SvgPlot.Of(Rising(5));
        System.Xml.Linq.XElement card = plot.Root.Elements().First(element => element.Name.LocalName == "rect");
        using var folder = new TemporaryFolder();
        using SKBitmap pixels = Pixels(Rising(5), folder);

        Assert.Equal(("white", "900", "450"), (
            card.Attribute("fill")!.Value, card.Attribute("width")!.Value, card.Attribute("height")!.Value));
        Assert.Equal((1800, 900), (pixels.Width, pixels.Height));
        Assert.All(pixels.Pixels, pixel => Assert.Equal(255, pixel.Alpha));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(40, 40)]
    [InlineData(41, 0)]
    public void Points_have_markers_where_they_are_few(int points, int markers)
    {
        // The legend has one, too.
        int expected = markers == 0 ? 0 : markers + 1;

        Assert.Equal(expected, SvgPlot.Of(Rising(points)).Count("ellipse"));
    }

    [Fact]
    public void A_value_that_is_none_leaves_a_gap()
    {
        SvgPlot plot = SvgPlot.Of(new Chart("gap", Step, new PlotAxis("y")).Line("line", [0, 1, 2, 3, 4], [1, 2, double.NaN, 4, 5]));

        Assert.Equal(5, plot.Count("ellipse"));
        Assert.DoesNotContain("NaN", plot.Root.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(plot.Root.Descendants(), path =>
            path.Attribute("stroke")?.Value == "#1F5FA8" && path.Attribute("d")?.Value.Count(c => c == 'M') == 2);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-3.0)]
    [InlineData(5e-324)]
    [InlineData(double.MaxValue)]
    public void Any_value_can_be_drawn_on_any_axis(double value)
    {
        foreach (PlotAxis y in new PlotAxis[]
        {
            new("y"), new("y") { HasZero = true }, new("y") { IsLogarithmic = true },
            new("y") { IsLogarithmic = true, ZeroName = "equal" },
        })
        {
            string svg = new Chart("any", Step, y).Line("one", [0], [value]).Line("more", [0, 1], [value, 1]).ToSvg();

            Assert.DoesNotContain("nan", svg, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\"inf", svg, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Zeros_and_infinities_have_rows_on_a_logarithmic_axis_that_names_them() =>
        SvgPlot.Of(new Chart("rows", Step, new PlotAxis("y") { IsLogarithmic = true, ZeroName = "equal" })
            .Line("line", [0, 1, 2, 3], [0, 1e-6, 1e-3, double.PositiveInfinity]))
            .AssertShows("equal", "10⁻⁶", "10⁻³", "∞");

    [Fact]
    public void A_note_is_written_into_the_middle() =>
        SvgPlot.Of(Rising(3).Note("equal in all 3 values")).AssertShows("equal in all 3 values");

    [Fact]
    public void A_title_that_is_too_long_loses_its_middle()
    {
        string title = $"begin {new string('m', 500)} end";
        string shown = Assert.Single(SvgPlot.Of(new Chart(title, Step, Step)).Texts, text => text.Text.Contains('…')).Text;

        Assert.StartsWith("begin m", shown);
        Assert.EndsWith("m end", shown);
    }

    [Fact]
    public void What_no_font_can_draw_is_seen_to_be_there() =>
        SvgPlot.Of(new Chart("a\u0001b\tc \uE000", Step, Step).Line("я", [0], [0])).AssertShows("a�b c �", "я");

    [Theory]
    [InlineData("loss.gif", "expected a name that ends in .svg or .png, found .gif")]
    [InlineData("loss", "expected a name that ends in .svg or .png, found no extension")]
    public void An_extension_that_is_not_known_is_refused_by_name(string path, string expected)
    {
        Assert.Contains(expected, Assert.Throws<NotSupportedException>(() => Rising(3).Save(path)).Message);
        Assert.Contains(expected, Assert.Throws<NotSupportedException>(() => PlotFile.RequireWritable(path)).Message);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_loss_has_epochs_from_1_and_a_logarithm_where_it_can()
    {
        SvgPlot.Of(LossPlot.Of("a model", "nats", [0.5, 0.05, 0.005], [0.6, 0.06, double.NaN]))
            .AssertShows("epoch", "loss (nats, log scale)", "training", "validation", "1", "2", "3", "0.01", "0.1");
        SvgPlot.Of(LossPlot.Of("likelihood", "nats", [0.5, -0.5], null)).AssertShows("loss (nats)", "-0.4", "0.4");
    }

    private static Chart Rising(int points)
    {
        double[] values = [.. Enumerable.Range(0, points).Select(i => (double)i)];
        return new Chart("rising", Step, new PlotAxis("value")).Line("line", values, values);
    }

    private static SKBitmap Pixels(Chart chart, TemporaryFolder folder)
    {
        string path = Path.Combine(folder.Path, "plot.PNG");
        chart.Save(path);
        return SKBitmap.Decode(path);
    }
}
