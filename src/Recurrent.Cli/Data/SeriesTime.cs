using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace Recurrent.Cli.Data;

/// <summary>The dates of a series: how they are written, and how far they are apart.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Format">How a date is written, as in yyyy-MM-dd.</param>
/// <param name="Step">From a step to the next one, as in P1D or P1M (ISO 8601); null where it is not always the same.</param>
/// <param name="First">The first date.</param>
/// <param name="Count">How many there are.</param>
internal sealed partial record SeriesTime(string Name, string Format, string? Step, DateTime First, int Count)
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM",
        "yyyy-MM-ddTHH:mm:ss.fff", "yyyy-MM-dd HH:mm:ss.fff", "yyyy-MM-ddTHH:mm:ss.ffffff", "yyyy-MM-dd HH:mm:ss.ffffff",
        "yyyy/MM/dd", "dd.MM.yyyy", "d.M.yyyy", "MM/dd/yyyy", "M/d/yyyy", "dd/MM/yyyy", "d/M/yyyy", "dd.MM.yyyy HH:mm",
        "M/d/yyyy H:mm", "d/M/yyyy H:mm", "MMM d, yyyy", "MMM dd, yyyy", "d MMM yyyy", "yyyyMMdd", "yyyy",
    ];

    // Any digits may be one of these. That they rise is what makes them dates.
    private static readonly string[] Numbers = ["yyyyMMdd", "yyyy"];

    /// <summary>The dates of a column.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cells">Its cells with the numbers of their lines.</param>
    /// <returns>Null if they are not dates of one kind.</returns>
    /// <exception cref="DataFormatException">They are dates, and not in the order of time.</exception>
    public static SeriesTime? Of(string name, IReadOnlyList<(int Line, string Text)> cells)
    {
        // A zone that all have is the same text behind every date.
        string zone = Zone().Match(cells[0].Text).Value;
        string[] formats = zone.Length == 0 ? Formats : [.. Formats.Select(format => $"{format}'{zone}'")];
        string[] fitting = [.. formats.Where(format => cells.All(cell => TryParse(cell.Text, format, out _)))];
        if (fitting.Length == 0)
        {
            RequireRisingSeconds(name, cells);
            return null;
        }

        // 02/01/2020 is in January or in February. What is evenly apart, or at least rises, is more likely.
        SeriesTime[] rising =
        [
            .. fitting.Select(format => (Format: format, Dates: cells.Select(cell => Parse(cell.Text, format)).ToArray()))
                .Where(read => FallOf(read.Dates) == 0)
                .Select(read => new SeriesTime(name, read.Format, StepOf(read.Dates), read.Dates[0], read.Dates.Length)),
        ];
        return rising.FirstOrDefault(time => time.Step is not null) ?? rising.FirstOrDefault()
            ?? Refuse(name, cells, [.. cells.Select(cell => Parse(cell.Text, fitting[0]))], Numbers.Contains(fitting[0]));
    }

    // The place of the first one that is not after the one before it; 0 if all are.
    private static int FallOf(DateTime[] dates) =>
        Enumerable.Range(1, dates.Length - 1).FirstOrDefault(i => dates[i] <= dates[i - 1]);

    private static SeriesTime? Refuse(string name, IReadOnlyList<(int Line, string Text)> cells, DateTime[] dates, bool isNumber)
    {
        int fall = FallOf(dates);
        if (isNumber && !dates.Zip(dates.Skip(1)).All(pair => pair.First > pair.Second))
        {
            return null;
        }

        throw new DataFormatException(dates[fall] == dates[fall - 1]
            ? $"line {cells[fall].Line}, {name}: expected dates that rise, oldest first, one for each step; found "
                + $"{cells[fall].Text} twice."
            : Fall(name, cells, fall));
    }

    // Seconds or milliseconds since 1970 have no format. Ten or thirteen digits that always fall are nothing else.
    private static void RequireRisingSeconds(string name, IReadOnlyList<(int Line, string Text)> cells)
    {
        if (cells.Count > 1 && cells.All(cell => cell.Text.Length is 10 or 13 && cell.Text.All(char.IsAsciiDigit))
            && cells.Zip(cells.Skip(1)).All(pair => string.CompareOrdinal(pair.First.Text, pair.Second.Text) > 0))
        {
            throw new DataFormatException(Fall(name, cells, 1));
        }
    }

    private static string Fall(string name, IReadOnlyList<(int Line, string Text)> cells, int fall) =>
        $"line {cells[fall].Line}, {name}: expected dates that rise, oldest first; found {cells[fall].Text} after "
        + $"{cells[fall - 1].Text}. Sort the file by {name}.";

    /// <summary>The date of a step after the last one, as the file writes dates; <c>+3</c> where steps are irregular.</summary>
    public string Label(int ahead)
    {
        DateTime? date = Step is null ? null : At(First, Step, Count - 1 + ahead);
        return date?.ToString(Format, CultureInfo.InvariantCulture) ?? $"+{ahead}";
    }

    private static bool TryParse(string text, string format, out DateTime date) => DateTime.TryParseExact(
        text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static DateTime Parse(string text, string format) =>
        DateTime.ParseExact(text, format, CultureInfo.InvariantCulture);

    private static string? StepOf(DateTime[] dates)
    {
        if (dates.Length < 2)
        {
            return null;
        }

        int months = (12 * (dates[1].Year - dates[0].Year)) + dates[1].Month - dates[0].Month;
        TimeSpan span = dates[1] - dates[0];
        string[] candidates =
        [
            .. months > 0 ? [months % 12 == 0 ? $"P{months / 12}Y" : $"P{months}M"] : Array.Empty<string>(),
            XmlConvert.ToString(span),
        ];
        return candidates.FirstOrDefault(step => Enumerable.Range(0, dates.Length).All(i => At(dates[0], step, i) == dates[i]));
    }

    // From the first date, so that the 31st is the 31st again after a shorter month. Null past the last year that there is.
    private static DateTime? At(DateTime first, string step, int count)
    {
        try
        {
            return step switch
            {
                [.., 'Y'] => first.AddYears(checked(Number(step) * count)),
                [_, _, .., 'M'] when !step.Contains('T', StringComparison.Ordinal) => first.AddMonths(checked(Number(step) * count)),
                _ => first + (XmlConvert.ToTimeSpan(step) * count),
            };
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"(?<=:\d\d(\.\d+)?)(Z|[+-]\d\d:?\d\d)$")]
    private static partial Regex Zone();

    private static int Number(string step) => int.Parse(step.AsSpan(1, step.Length - 2), CultureInfo.InvariantCulture);
}
