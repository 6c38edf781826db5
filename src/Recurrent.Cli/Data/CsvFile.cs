using System.Globalization;
using System.Text;

namespace Recurrent.Cli.Data;

/// <summary>
/// Text with a step a line, its features separated by commas, semicolons, tabs or spaces; decimal points. A first line of
/// names is left out, and so are empty lines and those that begin with <c>#</c>.
/// </summary>
internal static class CsvFile
{
    private const int LongestFound = 40;

    private static readonly char[] Separators = [',', ';', '\t', ' '];

    /// <summary>Takes the contents of a file.</summary>
    /// <returns>Numbers of shape [lines, columns].</returns>
    /// <exception cref="DataFormatException">They are not such text.</exception>
    public static DataArray Parse(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        var values = new List<float>();
        int columns = 0;
        int lines = 0;
        int number = 0;
        string? note = null;
        char separator = default;
        foreach (ReadOnlySpan<char> whole in text.AsSpan().EnumerateLines())
        {
            number++;
            // A byte order mark is no space.
            ReadOnlySpan<char> line = whole.Trim().Trim('\uFEFF');
            if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }

            if (columns == 0)
            {
                separator = SeparatorOf(line);
                if (note is null && IsHeader(line, separator))
                {
                    note = $"line {number} holds names and was left out";
                    continue;
                }
            }

            int found = ReadLine(line, separator, number, values);
            columns = columns == 0 ? found : columns;
            if (found != columns)
            {
                throw new DataFormatException(
                    $"line {number}: expected {columns} values, as in the lines before, found {found}.");
            }

            lines++;
        }

        return lines > 0
            ? new DataArray([lines, columns], [.. values]) { Note = note }
            : throw new DataFormatException("expected lines of numbers, found none.");
    }

    /// <summary>Writes a line for each step, the shortest text that gives the same float.</summary>
    public static void Write(Stream stream, DataArray array)
    {
        int columns = array.Shape[^1];
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        for (int i = 0; i < array.Values.Length; i++)
        {
            writer.Write(Text(array.Values[i]));
            writer.Write((i + 1) % columns == 0 ? '\n' : ',');
        }
    }

    // As NumPy and most others have them; .NET's own names are long.
    private static string Text(float value) => value switch
    {
        float.PositiveInfinity => "inf",
        float.NegativeInfinity => "-inf",
        float.NaN => "nan",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>The first of the separators that a line has; where it has none, it is one value.</summary>
    public static char SeparatorOf(ReadOnlySpan<char> line)
    {
        foreach (char separator in Separators)
        {
            if (line.Contains(separator))
            {
                return separator;
            }
        }

        return Separators[0];
    }

    private static bool IsHeader(ReadOnlySpan<char> line, char separator)
    {
        foreach (Range range in line.Split(separator))
        {
            ReadOnlySpan<char> cell = line[range].Trim().Trim('"');
            if (!cell.IsEmpty && !TryRead(cell, out _) && !IsNumeric(cell[0]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNumeric(char first) => char.IsAsciiDigit(first) || first is '-' or '+' or '.';

    private static int ReadLine(ReadOnlySpan<char> line, char separator, int number, List<float> values)
    {
        int before = values.Count;
        foreach (Range range in line.Split(separator))
        {
            ReadOnlySpan<char> cell = line[range].Trim();
            if (cell.IsEmpty && separator == ' ')
            {
                continue;
            }

            if (!TryRead(cell, out float value))
            {
                string found = cell[..Math.Min(cell.Length, LongestFound)].ToString();
                throw new DataFormatException(
                    $"line {number}, column {values.Count - before + 1}: expected a number, found '{found}'.");
            }

            values.Add(value);
        }

        return values.Count - before;
    }

    private static bool TryRead(ReadOnlySpan<char> cell, out float value)
    {
        if (cell.Equals("nan", StringComparison.OrdinalIgnoreCase))
        {
            value = float.NaN;
            return true;
        }

        ReadOnlySpan<char> digits = cell.TrimStart("+-");
        if (digits.Equals("inf", StringComparison.OrdinalIgnoreCase)
            || digits.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            value = cell[0] == '-' ? float.NegativeInfinity : float.PositiveInfinity;
            return true;
        }

        // A number that is too large for a float is not infinity.
        return float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);
    }
}
