using System.Globalization;
using System.Text;

namespace Recurrent.Formats.Tensors;

/// <summary>
/// What lies in the place of a file when fetching it failed, and is text: the pointer that Git keeps of a large file, and the
/// web page of a link that needs a login. No file of a model begins like that.
/// </summary>
internal static class StandIn
{
    /// <summary>Bytes that are looked at; a pointer has some 130.</summary>
    private const int MostBytes = 1024;

    private const string PointerBegin = "version https://git-lfs.github.com/spec/";
    private const string SizeBegin = "size ";

    // What a page begins with, behind a byte order mark, white space and comments.
    private static readonly string[] PageBegins = ["<!doctype html", "<html", "<head", "<body"];

    /// <summary>What a file is instead of itself, for a message; null if it is no such thing.</summary>
    public static string? Describe(ByteSource source)
    {
        var beginning = new byte[Math.Min(MostBytes, source.Length)];
        source.Read(0, beginning);
        string text = Encoding.UTF8.GetString(beginning);
        return text.StartsWith(PointerBegin, StringComparison.Ordinal) ? DescribePointer(text)
            : IsPage(text) ? "an HTML page in the place of the file, such as is left by a link that needs a login; download the file itself."
            : null;
    }

    private static string DescribePointer(string text)
    {
        string size = text.Split('\n').FirstOrDefault(line => line.StartsWith(SizeBegin, StringComparison.Ordinal), SizeBegin);
        bool isKnown = long.TryParse(size.AsSpan(SizeBegin.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes);
        return $"a Git LFS pointer in the place of the file{(isKnown ? $" of {bytes} bytes" : "")}; 'git lfs pull' fetches that.";
    }

    private static bool IsPage(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart('\uFEFF').TrimStart();
        while (rest.StartsWith("<!--", StringComparison.Ordinal))
        {
            int end = rest.IndexOf("-->", StringComparison.Ordinal);
            rest = end < 0 ? [] : rest[(end + "-->".Length)..].TrimStart();
        }

        foreach (string begin in PageBegins)
        {
            if (rest.StartsWith(begin, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
