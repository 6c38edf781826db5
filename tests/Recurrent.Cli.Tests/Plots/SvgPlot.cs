using System.Xml.Linq;
using Recurrent.Plots;

namespace Recurrent.Cli.Tests.Plots;

/// <summary>An SVG of a chart, taken apart.</summary>
internal sealed class SvgPlot
{
    public SvgPlot(string xml) => Root = XElement.Parse(xml);

    public XElement Root { get; }

    /// <summary>Every text that is drawn, with its outlines.</summary>
    public IReadOnlyList<(string Text, string Outline)> Texts =>
    [
        .. Root.Descendants().Where(element => element.Attribute("aria-label") is not null)
            .Select(element => (element.Attribute("aria-label")!.Value, element.Attribute("d")!.Value)),
    ];

    public static SvgPlot Of(Chart chart) => new(chart.ToSvg());

    public int Count(string element) => Root.Descendants().Count(found => found.Name.LocalName == element);

    /// <summary>Asserts that a text is there and has something to be seen by.</summary>
    public SvgPlot AssertShows(params string[] texts)
    {
        Assert.Equal(0, Count("text"));
        Assert.All(texts, text =>
        {
            (string _, string outline) = Assert.Single(Texts, found => found.Text == text);
            Assert.True(outline.Length > 20 * text.Replace(" ", "", StringComparison.Ordinal).Length, text);
        });
        return this;
    }
}
