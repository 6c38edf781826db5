using System.Text;
using ScottPlot;
using SkiaSharp;

namespace Recurrent.Plots;

/// <summary>
/// The font that comes with the assembly. Skia finds the fonts of a Linux machine in one folder, and without any it draws no
/// text and says nothing.
/// </summary>
internal sealed class PlotFont : IFontResolver
{
    private const string Replacement = "\uFFFD";

    private static readonly SKTypeface Typeface = Load();

    private PlotFont()
    {
    }

    /// <summary>The family of the font, whose text no font of the machine draws once <see cref="Register"/> has been called.</summary>
    public static string Name => Typeface.FamilyName;

    /// <summary>Makes ScottPlot take this font where its name is asked for, whatever the machine has.</summary>
    public static void Register()
    {
        lock (Fonts.FontResolvers)
        {
            if (!Fonts.FontResolvers.OfType<PlotFont>().Any())
            {
                Fonts.FontResolvers.Insert(0, new PlotFont());
            }
        }
    }

    /// <summary>The typeface of a family: this one, or one of the machine.</summary>
    public static SKTypeface TypefaceOf(string family) =>
        family == Name ? Typeface : SKTypeface.FromFamilyName(family) ?? Typeface;

    /// <summary>A text that can be drawn, and the family that can: this one, or else one of the machine's.</summary>
    /// <param name="text">Any text, such as a file's name.</param>
    /// <returns>The text on one line; what no font has is replaced by U+FFFD, so that one sees that it is there.</returns>
    public static (string Text, string Family) Fit(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = string.Concat(line.EnumerateRunes().Select(rune => Rune.IsControl(rune) ? Replacement : rune.ToString()));
        if (Has(Typeface, line))
        {
            return (line, Name);
        }

        Rune missing = line.EnumerateRunes().First(rune => !Has(Typeface, rune.ToString()));
        using SKTypeface? other = SKFontManager.Default.MatchCharacter(missing.Value);
        SKTypeface taken = other is not null && Has(other, line) ? other : Typeface;
        string drawn = string.Concat(line.EnumerateRunes()
            .Select(rune => Has(taken, rune.ToString()) ? rune.ToString() : Replacement));
        return (drawn, taken.FamilyName);
    }

    /// <summary>A text that is no wider than some pixels, its middle left out where it would be.</summary>
    public static string Shorten(string text, float size, float width)
    {
        (string shown, string family) = Fit(text);
        using var font = new SKFont(TypefaceOf(family), size);
        for (int kept = shown.Length; font.MeasureText(shown) > width; kept -= 2)
        {
            shown = $"{text[..(kept / 2)]}…{text[^(kept / 2)..]}";
        }

        return shown;
    }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Name ? Typeface : null;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? Typeface : null;

    private static bool Has(SKTypeface typeface, string text) => typeface.ContainsGlyphs(text);

    private static SKTypeface Load()
    {
        using Stream stream = typeof(PlotFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")
            ?? throw new InvalidOperationException("The assembly has lost its font.");
        return SKTypeface.FromStream(stream) ?? throw new InvalidOperationException("The assembly's font cannot be read.");
    }
}
