using System.Globalization;
using Recurrent.Cli.Data;

namespace Recurrent.Cli.Forecast;

/// <summary>What follows a series.</summary>
/// <param name="Model">The model's file.</param>
/// <param name="Input">The series' file.</param>
/// <param name="Table">The series.</param>
/// <param name="Values"><c>[steps, features]</c></param>
/// <param name="Horizon">Steps that the model gives at once.</param>
internal sealed record ForecastReport(string Model, string Input, SeriesTable Table, float[] Values, int Horizon)
{
    public int Steps => Values.Length / Table.Features;

    /// <summary>The name of the first column of <see cref="Lines"/>.</summary>
    public string TimeName => Table.Time?.Name ?? "step";

    /// <summary>The date of a step from 1, or how far ahead it is.</summary>
    public string Label(int ahead) => Table.Time?.Label(ahead) ?? $"+{ahead}";

    /// <summary>The steps as text, a line each, with names above.</summary>
    public IEnumerable<string> Lines()
    {
        yield return string.Join(',', Table.Names.Prepend(TimeName).Select(CsvFile.Quoted));
        for (int step = 0; step < Steps; step++)
        {
            IEnumerable<string> values = Values.Skip(step * Table.Features).Take(Table.Features)
                .Select(value => value.ToString("R", CultureInfo.InvariantCulture));
            yield return string.Join(',', values.Prepend(CsvFile.Quoted(Label(step + 1))));
        }
    }

    public string ToJson() => JsonText.Object(json =>
    {
        json.WriteString("model", Model);
        json.WriteString("input", Input);
        json.WriteNumber("horizon", Horizon);
        json.WriteStartArray("forecast");
        for (int step = 0; step < Steps; step++)
        {
            json.WriteStartObject();
            json.WriteString(TimeName, Label(step + 1));
            for (int i = 0; i < Table.Features; i++)
            {
                json.WriteAnyNumber(Table.Names[i], Values[(step * Table.Features) + i]);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
