using System.Globalization;

namespace Recurrent.Messages;

/// <summary>
/// Messages that hold text of a file or of a user: not endless, and without what controls a terminal. Whoever makes such
/// a message makes it here.
/// </summary>
internal static class MessageText
{
    /// <summary>The most characters of a message.</summary>
    public const int MaxLength = 500;

    private const char Ellipsis = '…';

    // What shows that something was there: U+FFFD, the replacement character.
    private const char Replacement = '\uFFFD';

    /// <summary>A message: at most <see cref="MaxLength"/> characters, in lines of its own if it has some.</summary>
    public static string Of(string message) => Of(message, MaxLength);

    /// <summary>A message of at most <paramref name="longest"/> characters, in lines of its own if it has some.</summary>
    public static string Of(string message, int longest) => Clean(Shorten(message, longest), keepsLines: true);

    /// <summary>A text in one line of at most <paramref name="longest"/> characters.</summary>
    public static string Line(string text, int longest) => Clean(Shorten(text, longest), keepsLines: false);

    /// <summary>
    /// Leaves the middle out: a message begins with the place, such as the file, and ends with the reason. What is
    /// longest between them is a name.
    /// </summary>
    private static string Shorten(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        int end = longest / 3;
        int begin = longest - end - 1;
        return string.Concat(text.AsSpan(0, begin), [Ellipsis], text.AsSpan(text.Length - end));
    }

    private static string Clean(string text, bool keepsLines) =>
        Enumerable.Range(0, text.Length).All(i => IsKept(text, i, keepsLines))
            ? text
            : string.Create(text.Length, (text, keepsLines), static (cleaned, from) =>
            {
                for (int i = 0; i < cleaned.Length; i++)
                {
                    cleaned[i] = IsKept(from.text, i, from.keepsLines) ? from.text[i] : Replacement;
                }
            });

    // Format characters can turn the order of what is shown around. Half of a pair is what a cut leaves.
    private static bool IsKept(string text, int index, bool keepsLines) => char.GetUnicodeCategory(text[index]) switch
    {
        UnicodeCategory.Control => keepsLines && text[index] == '\n',
        UnicodeCategory.Format => false,
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.Surrogate => char.IsHighSurrogate(text[index])
            ? index + 1 < text.Length && char.IsLowSurrogate(text[index + 1])
            : index > 0 && char.IsHighSurrogate(text[index - 1]),
        _ => true,
    };
}
