using System.Security;
using System.Text;

namespace Recurrent.Cli;

/// <summary>Parts of an SVG image, numbers with decimal points.</summary>
internal static class SvgText
{
    /// <summary>The beginning of an image, with a white ground and a title.</summary>
    public static StringBuilder Begin(double width, double height, string title, double left)
    {
        var svg = new StringBuilder();
        svg.Element($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="#333">
            <rect width="{width}" height="{height}" fill="white"/>
            """);
        svg.Text(title, left, 22, "start", "font-size=\"15\"");
        return svg;
    }

    public static void Text(
        this StringBuilder svg, string text, double x, double y, string anchor, string attributes = "")
    {
        string escaped = SecurityElement.Escape(text);
        svg.Element($"""<text x="{x:F1}" y="{y:F1}" text-anchor="{anchor}" {attributes}>{escaped}</text>""");
    }

    public static void Element(this StringBuilder svg, FormattableString element) =>
        svg.AppendLine(FormattableString.Invariant(element));
}
