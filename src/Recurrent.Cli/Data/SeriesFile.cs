using System.Globalization;
using System.Text;

namespace Recurrent.Cli.Data;

/// <summary>
/// Some columns of a text with a step a line; the others may hold anything, such as dates. Separated by commas, semicolons,
/// tabs or spaces; values may be in quotation marks. No value is an empty one, or NaN, NA, N/A, null. Empty lines and those
/// that begin with <c>#</c> are left out.
/// </summary>
internal static class SeriesFile
{
    private const int LongestFound = 40;

    private static readonly string[] NoValue = ["", "nan", "na", "n/a", "null"];

    /// <summary>Takes the contents of a file.</summary>
    /// <param name="bytes">The contents.</param>
    /// <param name="columns">
    /// Names of the first line, or numbers from 1. Empty for the only column; a file of several is refused then.
    /// </param>
    /// <param name="format">How values are separated and numbers written; null to find out, with points.</param>
    /// <exception cref="DataFormatException">
    /// They are not such text, there is no such column, the dates beside it fall, or commas may be those of decimals.
    /// </exception>
    public static SeriesTable Parse(ReadOnlySpan<byte> bytes, IReadOnlyList<string> columns, CsvFormat? format = null)
    {
        format ??= CsvFormat.Default;
        List<(int Number, string Text)> lines = Lines(CsvFormat.Decode(bytes));
        if (lines.Count == 0)
        {
            throw new DataFormatException("expected lines of numbers, found none.");
        }

        // A name may hold a space where the numbers of the only column do not, so the second line says what separates.
        char separator = format.SeparatorOf(lines[Math.Min(1, lines.Count - 1)].Text);
        List<string> first = Cells(lines[0].Text, separator);
        bool hasNames = columns.Any(name => !IsNumberOfColumn(name, first.Count, out _));
        if (!hasNames)
        {
            RequireNoDecimalCommas(lines, separator, format);
        }

        int[] chosen = Choose(columns, first);
        hasNames = hasNames || chosen.Any(column => !TryRead(first[column], format, out _));
        return Read(lines, hasNames ? 1 : 0, separator, first, chosen, format);
    }

    // Two whole numbers a line and no name above them: 60,7 is as likely 60.7 as it is 60 and 7.
    private static void RequireNoDecimalCommas(List<(int Number, string Text)> lines, char separator, CsvFormat format)
    {
        if (separator == ',' && format.Delimiter is null && lines.All(line => line.Text.Split(',') is [var whole, var rest]
            && int.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            && rest.Length > 0 && rest.All(char.IsAsciiDigit)))
        {
            throw new DataFormatException(
                $"line {lines[0].Number}: '{Cut(lines[0].Text, LongestFound)}' is one number with a decimal comma, or two "
                + "numbers; say --decimal , or --delimiter , for one or the other.");
        }
    }

    private static List<(int Number, string Text)> Lines(string text)
    {
        var lines = new List<(int, string)>();
        int number = 0;
        foreach (ReadOnlySpan<char> whole in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> line = whole.TrimStart('\uFEFF');
            if (!line.IsWhiteSpace() && line.TrimStart()[0] != '#')
            {
                lines.Add((number, line.ToString()));
            }
        }

        return lines;
    }

    private static int[] Choose(IReadOnlyList<string> columns, List<string> first)
    {
        string all = Cut(string.Join(", ", first), 5 * LongestFound);
        if (columns.FirstOrDefault(name => first.Count(other => other == name) > 1) is { } twice)
        {
            throw new DataFormatException(
                $"--column: expected a name that one column has, found '{twice}' {first.Count(name => name == twice)} times; "
                + "say the column's number.");
        }

        if (columns.Count == 0)
        {
            return first.Count == 1
                ? [0]
                : throw new DataFormatException($"--column: expected one or more of the {first.Count} columns: {all}.");
        }

        int[] chosen = [.. columns.Select(name => IsNumberOfColumn(name, first.Count, out int number)
            ? number - 1
            : first.IndexOf(name))];
        int unknown = Array.IndexOf(chosen, -1);
        if (unknown >= 0)
        {
            throw new DataFormatException(
                $"--column: no column '{columns[unknown]}'; expected 1 to {first.Count}, or a name of the first line: {all}.");
        }

        return chosen.Distinct().Count() == chosen.Length
            ? chosen
            : throw new DataFormatException("--column: a column was given twice.");
    }

    private static SeriesTable Read(
        List<(int Number, string Text)> lines,
        int begin,
        char separator,
        List<string> first,
        int[] chosen,
        CsvFormat format)
    {
        List<(int Line, string Text)>[] others = [.. first.Select(_ => new List<(int, string)>())];
        var values = new List<float>((lines.Count - begin) * chosen.Length);
        string? firstMissing = null;
        int missing = 0;
        foreach ((int number, string text) in lines.Skip(begin))
        {
            List<string> cells = Cells(text, separator);
            if (cells.Count != first.Count)
            {
                throw new DataFormatException(
                    $"line {number}: expected {first.Count} value{(first.Count == 1 ? "" : "s")}, as in the first line, found "
                    + $"{cells.Count}{DecimalCommas(cells.Count, first.Count, separator, format)}.");
            }

            foreach (int column in chosen)
            {
                if (!TryRead(cells[column], format, out float value))
                {
                    throw new DataFormatException(
                        $"line {number}, column {column + 1}: expected a number, found '{Cut(cells[column], LongestFound)}'.");
                }

                missing += float.IsNaN(value) ? 1 : 0;
                firstMissing ??= float.IsNaN(value) ? $"line {number}, column {column + 1}" : null;
                values.Add(value);
            }

            foreach (int column in Enumerable.Range(0, first.Count).Except(chosen))
            {
                others[column].Add((number, cells[column]));
            }
        }

        // A name that does not tell a column from the others is none.
        string NameOf(int column) => begin > 0 && first.Count(name => name == first[column]) == 1
            ? first[column]
            : $"column {column + 1}";
        SeriesTime? time = others.Select((cells, column) => cells.Count == 0 ? null : SeriesTime.Of(NameOf(column), cells))
            .FirstOrDefault(dates => dates is not null);
        return values.Count > 0
            ? new SeriesTable([.. chosen.Select(NameOf)], [.. values], missing, firstMissing) { Time = time }
            : throw new DataFormatException("expected lines of numbers, found none.");
    }

    private static string DecimalCommas(int found, int expected, char separator, CsvFormat format) =>
        separator == ',' && format.Delimiter is null && found == 2 * expected
            ? "; if commas are those of decimals, say --decimal ,"
            : string.Empty;

    private static List<string> Cells(string line, char separator)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        bool isQuoted = false;
        foreach (char c in line)
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (c == separator && !isQuoted)
            {
                Finish();
            }
            else
            {
                cell.Append(c);
            }
        }

        Finish();
        return cells;

        void Finish()
        {
            string text = cell.ToString().Trim();
            cell.Clear();
            if (text.Length > 0 || separator != ' ')
            {
                cells.Add(text);
            }
        }
    }

    private static bool IsNumberOfColumn(string text, int columns, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= columns;

    private static bool TryRead(string cell, CsvFormat format, out float value)
    {
        if (NoValue.Contains(cell, StringComparer.OrdinalIgnoreCase))
        {
            value = float.NaN;
            return true;
        }

        return format.TryRead(cell, out value);
    }

    private static string Cut(string text, int length) => text.Length > length ? text[..length] + "…" : text;
}
