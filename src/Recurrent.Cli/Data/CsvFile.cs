using System.Globalization;

namespace Recurrent.Cli.Data;

/// <summary>
/// Text with a step a line, its features separated by commas, semicolons, tabs or spaces; decimal points. A first line of
/// names is left out, and so are empty lines and those that begin with <c>#</c>.
/// </summary>
internal static class CsvFile
{
    private const int LongestFound = 40;

    /// <summary>Takes the contents of a file.</summary>
    /// <param name="bytes">The contents.</param>
    /// <param name="format">How values are separated and numbers written; null to find out, with points.</param>
    /// <returns>Numbers of shape [lines, columns].</returns>
    /// <exception cref="DataFormatException">They are not such text.</exception>
    public static DataArray Parse(ReadOnlySpan<byte> bytes, CsvFormat? format = null)
    {
        format ??= CsvFormat.Default;
        string text = CsvFormat.Decode(bytes);
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
                separator = format.SeparatorOf(line);
                if (note is null && IsHeader(line, separator, format))
                {
                    note = $"line {number} holds names and was left out";
                    continue;
                }
            }

            int found = ReadLine(line, separator, number, values, format);
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

    /// <summary>A name as a cell: in quotation marks where it holds what separates.</summary>
    public static string Quoted(string name) =>
        name.AsSpan().IndexOfAny(",;\"\n") < 0 ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static bool IsHeader(ReadOnlySpan<char> line, char separator, CsvFormat format)
    {
        foreach (Range range in line.Split(separator))
        {
            ReadOnlySpan<char> cell = line[range].Trim().Trim('"');
            if (!cell.IsEmpty && !TryRead(cell, format, out _) && !IsNumeric(cell[0]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNumeric(char first) => char.IsAsciiDigit(first) || first is '-' or '+' or '.';

    private static int ReadLine(
        ReadOnlySpan<char> line, char separator, int number, List<float> values, CsvFormat format)
    {
        int before = values.Count;
        foreach (Range range in line.Split(separator))
        {
            ReadOnlySpan<char> cell = line[range].Trim();
            if (cell.IsEmpty && separator == ' ')
            {
                continue;
            }

            if (!TryRead(cell, format, out float value))
            {
                string found = cell[..Math.Min(cell.Length, LongestFound)].ToString();
                throw new DataFormatException(
                    $"line {number}, column {values.Count - before + 1}: expected a number, found '{found}'.");
            }

            values.Add(value);
        }

        return values.Count - before;
    }

    private static bool TryRead(ReadOnlySpan<char> cell, CsvFormat format, out float value)
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

        return format.TryRead(cell, out value);
    }
}
