using System.Globalization;
using System.Xml;

namespace Recurrent.Cli.Data;

/// <summary>The dates of a series: how they are written, and how far they are apart.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Format">How a date is written, as in yyyy-MM-dd.</param>
/// <param name="Step">From a step to the next one, as in P1D or P1M (ISO 8601); null where it is not always the same.</param>
/// <param name="First">The first date.</param>
/// <param name="Count">How many there are.</param>
internal sealed record SeriesTime(string Name, string Format, string? Step, DateTime First, int Count)
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM",
        "yyyy/MM/dd", "dd.MM.yyyy", "MM/dd/yyyy", "dd/MM/yyyy", "yyyy",
    ];

    /// <summary>The dates of a column.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cells">Its cells with the numbers of their lines.</param>
    /// <returns>Null if they are not dates of one kind.</returns>
    /// <exception cref="DataFormatException">They are dates, and not in the order of time.</exception>
    public static SeriesTime? Of(string name, IReadOnlyList<(int Line, string Text)> cells)
    {
        if (Formats.FirstOrDefault(format => cells.All(cell => TryParse(cell.Text, format, out _))) is not { } found)
        {
            return null;
        }

        DateTime[] dates = [.. cells.Select(cell => Parse(cell.Text, found))];
        int fall = Enumerable.Range(1, dates.Length - 1).FirstOrDefault(i => dates[i] <= dates[i - 1]);
        if (fall > 0)
        {
            // Any four digits may be a year. That they rise is what makes them years.
            return found == "yyyy" && !dates.Zip(dates.Skip(1)).All(pair => pair.First > pair.Second)
                ? null
                : throw new DataFormatException(
                    $"line {cells[fall].Line}, {name}: expected dates that rise, oldest first; found {cells[fall].Text} after "
                    + $"{cells[fall - 1].Text}. Sort the file by {name}.");
        }

        return new SeriesTime(name, found, StepOf(dates), dates[0], dates.Length);
    }

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

    private static int Number(string step) => int.Parse(step.AsSpan(1, step.Length - 2), CultureInfo.InvariantCulture);
}
