using System.Globalization;
using Recurrent.Cli.Display;
using Spectre.Console;

namespace Recurrent.Cli.Compare;

/// <summary>A comparison for people.</summary>
internal static class CompareText
{
    private const int MostFeatures = 12;
    private const int MostRanges = 12;

    public static void Write(CompareReport report, TextWriter output)
    {
        output.WriteMessage(report.Left);
        output.WriteMessage(report.Right);
        output.WriteMessage($"input: {report.Input}");
        foreach ((string name, Comparison comparison) in report.Outputs)
        {
            if (report.Outputs.Count > 1)
            {
                output.WriteMessage($"output '{name}':");
            }

            Write(comparison, report.Tolerance, output);
        }

        foreach (string note in report.Notes)
        {
            output.WriteMessage($"note: {note}");
        }
    }

    private static void Write(Comparison comparison, double? allowed, TextWriter output)
    {
        if (comparison.Total.Different == 0)
        {
            output.WriteLine(EqualValues(comparison.Total.Count));
            return;
        }

        WriteTotal(comparison, output);
        if (comparison.Features.Count > 1)
        {
            WriteFeatures(comparison, output);
        }

        if (comparison.Steps.Count > 1)
        {
            WriteSteps(comparison, output);
        }

        if (allowed is { } tolerance)
        {
            output.WriteLine(comparison.Total.Largest <= tolerance
                ? $"within the tolerance of {Text(tolerance)}"
                : $"BEYOND the tolerance of {Text(tolerance)}, first at step {comparison.FirstBeyond(tolerance)}");
        }
    }

    /// <summary>What is said of outputs without a difference.</summary>
    public static string EqualValues(long count) => count == 1 ? "equal in the only value" : $"equal in all {count} values";

    private static void WriteTotal(Comparison comparison, TextWriter output)
    {
        Difference total = comparison.Total;
        (double left, double right) = comparison.Values(total.LargestAt);
        var facts = new Facts();
        facts.Add("values that differ", $"{total.Different} of {total.Count}");
        facts.Add("first difference", Place(comparison, total.First));
        facts.Add("largest difference", $"{Text(total.Largest)}, {Place(comparison, total.LargestAt)}");
        facts.Add("of the values", string.Create(CultureInfo.InvariantCulture, $"{left:G9} and {right:G9}"));
        facts.Add("of the largest value", Text(total.Largest / comparison.LargestValue));
        facts.Add("mean difference", Text(total.Mean));
        facts.Add("signal to noise", string.Create(CultureInfo.InvariantCulture, $"{total.SignalToNoise:F1} dB"));
        facts.Write(output);
    }

    private static void WriteFeatures(Comparison comparison, TextWriter output)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("feature", "differ", "first step", "largest", "mean");
        foreach ((Difference feature, int index) in comparison.Features.Select((feature, index) => (feature, index))
            .OrderByDescending(pair => pair.feature.Largest).Take(MostFeatures))
        {
            table.AddRow(
                index.ToString(CultureInfo.InvariantCulture),
                feature.Different.ToString(CultureInfo.InvariantCulture),
                feature.First < 0 ? "-" : comparison.StepOf(feature.First).ToString(CultureInfo.InvariantCulture),
                Text(feature.Largest),
                Text(feature.Mean));
        }

        Tables.Write(table, output);
        if (comparison.Features.Count > MostFeatures)
        {
            output.WriteLine($"The {MostFeatures} features that differ most, of {comparison.Features.Count}.");
        }
    }

    private static void WriteSteps(Comparison comparison, TextWriter output)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("steps", "largest", "mean");
        foreach ((int first, int last, double largest, double mean) in comparison.Ranges(MostRanges))
        {
            table.AddRow(first == last ? $"{first}" : $"{first} to {last}", Text(largest), Text(mean));
        }

        Tables.Write(table, output);
    }

    private static string Place(Comparison comparison, int index) =>
        $"step {comparison.StepOf(index)}, sequence {comparison.SequenceOf(index)}, feature {comparison.FeatureOf(index)}";

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
