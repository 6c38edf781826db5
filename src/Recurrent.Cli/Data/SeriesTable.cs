namespace Recurrent.Cli.Data;

/// <summary>Columns of a table as a series.</summary>
/// <param name="Names">The columns' names, or <c>column 2</c> where the file has none.</param>
/// <param name="Values"><c>[steps, columns]</c>; NaN where there is no value.</param>
/// <param name="Missing">How many values there are not.</param>
/// <param name="FirstMissing">Where the first of them would be; null if there is none.</param>
internal sealed record SeriesTable(IReadOnlyList<string> Names, float[] Values, int Missing, string? FirstMissing)
{
    /// <summary>The dates of the steps; null where no other column has them.</summary>
    public SeriesTime? Time { get; init; }

    public int Features => Names.Count;

    public int Steps => Values.Length / Features;
}
