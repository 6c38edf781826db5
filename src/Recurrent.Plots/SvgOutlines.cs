using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;

namespace Recurrent.Plots;

/// <summary>
/// Makes an SVG look the same wherever it is opened: its text becomes outlines, because the reader's machine has other
/// fonts than the one that text was measured with, or none. Each outline keeps its text as a label.
/// </summary>
internal static class SvgOutlines
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Replaces the text of an SVG that Skia has written.</summary>
    /// <param name="xml">The SVG.</param>
    /// <param name="title">What the image is called, for those who do not see it.</param>
    /// <param name="width">Its width, pixels.</param>
    /// <param name="height">Its height, pixels.</param>
    /// <returns>The SVG, which scales with its page.</returns>
    public static string Of(string xml, string title, int width, int height)
    {
        XElement root = XDocument.Parse(xml).Root!;
        root.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}"));
        root.SetAttributeValue("role", "img");
        root.AddFirst(new XElement(Svg + "title", title));
        foreach (XElement text in root.Descendants(Svg + "text").ToArray())
        {
            text.ReplaceWith(Outline(text));
        }

        return root.ToString();
    }

    private static XElement Outline(XElement text)
    {
        // Skia writes a place for every glyph, and lines of its own around the text.
        string shown = text.Value.Trim();
        float[] x = Numbers(text, "x");
        float[] y = Numbers(text, "y");
        using var font = new SKFont(
            PlotFont.TypefaceOf(text.Attribute("font-family")!.Value),
            float.Parse(text.Attribute("font-size")!.Value, CultureInfo.InvariantCulture));
        SKPoint[] places = [.. x.Select((left, i) => new SKPoint(left, y[Math.Min(i, y.Length - 1)]))];
        using SKPath path = font.GetTextPath(shown, places);
        return new XElement(
            Svg + "path",
            text.Attributes().Where(attribute => attribute.Name.LocalName is "transform" or "fill" or "fill-opacity"),
            new XAttribute("role", "text"),
            new XAttribute("aria-label", shown),
            new XAttribute("d", path.ToSvgPathData()));
    }

    private static float[] Numbers(XElement text, string attribute) =>
    [
        .. text.Attribute(attribute)!.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Select(number => float.Parse(number, CultureInfo.InvariantCulture)),
    ];
}
