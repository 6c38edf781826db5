using System.Globalization;
using System.Text;

namespace Recurrent.Cli.Data;

/// <summary>How a text file separates values and writes numbers.</summary>
/// <param name="Delimiter">What separates values; null to find out: a comma, a semicolon, a tab or a space.</param>
/// <param name="Decimal">What separates whole from fraction: a point or a comma.</param>
internal sealed record CsvFormat(char? Delimiter = null, char Decimal = '.')
{
    private readonly NumberFormatInfo _numbers = new() { NumberDecimalSeparator = Decimal.ToString(), NumberGroupSeparator = "" };

    public static CsvFormat Default { get; } = new();

    /// <summary>The text of a file: UTF-16 where a mark says it, otherwise UTF-8.</summary>
    /// <exception cref="DataFormatException">It is not text, or UTF-16 without a mark.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        string text = bytes switch
        {
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(bytes[2..]),
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(bytes[2..]),
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(bytes[3..]),
            _ => Encoding.UTF8.GetString(bytes),
        };
        return text.Contains('\0')
            ? throw new DataFormatException(
                "expected text, UTF-8 or UTF-16 with its mark; found a byte of 0, as binary files have it and UTF-16 without a mark.")
            : text;
    }

    /// <summary>Reads a finite number. One that is too large for a float is none.</summary>
    public bool TryRead(ReadOnlySpan<char> cell, out float value) =>
        float.TryParse(cell, NumberStyles.Float, _numbers, out value) && float.IsFinite(value);

    /// <summary>
    /// What separates the values of a line. Refuses a line whose commas may be those of decimals, because other numbers would
    /// come out.
    /// </summary>
    /// <exception cref="DataFormatException">The options have to say it.</exception>
    public char SeparatorOf(ReadOnlySpan<char> line)
    {
        if (Delimiter is { } given)
        {
            return given;
        }

        bool semicolons = line.Contains(';');
        if (semicolons && line.Contains(',') && Decimal == '.')
        {
            throw new DataFormatException(
                $"expected one separator, found ';' and ',' in '{Cut(line)}'; if commas are those of decimals, say --decimal ,"
                + " and otherwise which one separates with --delimiter.");
        }

        return semicolons ? ';'
            : Decimal == '.' && line.Contains(',') ? ','
            : line.Contains('\t') ? '\t'
            : line.Contains(' ') ? ' '
            : Decimal == '.' ? ',' : ';';
    }

    private static string Cut(ReadOnlySpan<char> line) => line.Length > 40 ? $"{line[..40]}…" : line.ToString();
}
