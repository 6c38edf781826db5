using System.Globalization;
using System.Xml.Linq;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Tests.Plots;

namespace Recurrent.Cli.Tests.Bench;

/// <summary>What a histogram shows is what was measured.</summary>
public sealed class HistogramTests
{
    private readonly LatencyHistogram _calls = new(1);
    private readonly LatencyHistogram _control = new(1);

    public HistogramTests()
    {
        for (int i = 0; i < 1000; i++)
        {
            _calls.Add(2000);
            _control.Add(2100);
        }

        _calls.Add(1_000_000);
    }

    private IReadOnlyList<HistogramBin> Bins => HistogramBin.Of(_calls, _control);

    [Fact]
    public void Bins_are_adjacent_few_and_hold_every_sample()
    {
        Assert.InRange(Bins.Count, 2, 32);
        Assert.All(Bins.Zip(Bins.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From, 1e-9));
        Assert.Equal(1001, Bins.Sum(bin => bin.Calls));
        Assert.Equal(1000, Bins.Sum(bin => bin.Control));
        Assert.InRange(2.0, Bins[0].From, Bins[0].To);
        Assert.InRange(1000.0, Bins[^1].From, Bins[^1].To);
    }

    [Fact]
    public void Equal_samples_are_one_bin()
    {
        var one = new LatencyHistogram(1);
        one.Add(5000);
        HistogramBin bin = Assert.Single(HistogramBin.Of(one, new LatencyHistogram(1)));
        Assert.Equal((1, 0), (bin.Calls, bin.Control));
    }

    [Fact]
    public void Text_has_a_line_for_each_bin_that_is_not_empty()
    {
        using var output = new StringWriter();
        HistogramText.Write(Bins, output);
        string[] lines = output.ToString().TrimEnd().Split(Environment.NewLine);
        string[] bars = [.. lines.Where(line => line.Contains('#', StringComparison.Ordinal))];
        Assert.Equal(2, bars.Length);
        Assert.Contains("1000", bars[0], StringComparison.Ordinal);
        // The longest bar is that of most calls, and a single call is still seen.
        Assert.True(bars[0].Count(c => c == '#') > bars[1].Count(c => c == '#'));
        Assert.Equal(1, bars[1].Count(c => c == '#'));
        // Nothing between them but a sign that there is a gap.
        Assert.Single(lines, line => line.Trim() == "...");
    }

    [Fact]
    public void The_plot_has_a_bar_for_each_bin_that_is_not_empty_and_stays_inside()
    {
        SvgPlot plot = SvgPlot.Of(HistogramPlot.Of("a < b & \"c\"", Bins));

        plot.AssertShows(
            "a < b & \"c\"", "time per call (µs, log scale)", "samples (log scale)", "calls", "empty loop of the same length");
        XElement[] bars = [.. plot.Root.Descendants().Where(element =>
            element.Name.LocalName == "rect" && element.Attribute("fill-opacity") is not null)];
        // One more in the legend.
        Assert.Equal(3, bars.Length);
        Assert.All(bars, bar =>
        {
            Assert.InRange(Value(bar, "x"), 0, 900);
            Assert.InRange(Value(bar, "x") + Value(bar, "width"), 0, 900);
            Assert.InRange(Value(bar, "y"), 0, 450);
            Assert.True(Value(bar, "height") > 0);
        });
    }

    [Fact]
    public void A_plot_of_one_bin_can_be_drawn()
    {
        var one = new LatencyHistogram(1);
        one.Add(5000);
        string svg = HistogramPlot.Of("one", HistogramBin.Of(one, new LatencyHistogram(1))).ToSvg();
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", svg, StringComparison.Ordinal);
    }

    private static double Value(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
