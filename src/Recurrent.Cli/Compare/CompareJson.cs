using System.Text.Json;

namespace Recurrent.Cli.Compare;

/// <summary>A comparison as JSON.</summary>
internal static class CompareJson
{
    public static string Write(CompareReport report) => JsonText.Object(json =>
    {
        json.WriteString("left", report.Left);
        json.WriteString("right", report.Right);
        json.WriteString("input", report.Input);
        if (report.Tolerance is { } tolerance)
        {
            json.WriteNumber("tolerance", tolerance);
            json.WriteBoolean("passed", report.Passed);
        }

        if (report.Notes.Count > 0)
        {
            json.WriteStartArray("notes");
            foreach (string note in report.Notes)
            {
                json.WriteStringValue(note);
            }

            json.WriteEndArray();
        }

        if (report.Outputs.Count == 1)
        {
            Write(json, report.Outputs[0].Comparison);
            return;
        }

        json.WriteStartArray("outputs");
        foreach ((string name, Comparison comparison) in report.Outputs)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            Write(json, comparison);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, Comparison comparison)
    {
        Difference total = comparison.Total;
        WriteDifference(json, comparison, total);
        if (total.LargestAt >= 0)
        {
            (double left, double right) = comparison.Values(total.LargestAt);
            json.WriteStartObject("largest_at");
            json.WriteNumber("step", comparison.StepOf(total.LargestAt));
            json.WriteNumber("sequence", comparison.SequenceOf(total.LargestAt));
            json.WriteNumber("feature", comparison.FeatureOf(total.LargestAt));
            json.WriteAnyNumber("left", left);
            json.WriteAnyNumber("right", right);
            json.WriteEndObject();
        }

        json.WriteNumber("largest_value", comparison.LargestValue);
        if (double.IsFinite(total.SignalToNoise))
        {
            json.WriteNumber("snr_db", total.SignalToNoise);
        }

        WriteAll(json, "features", comparison, comparison.Features);
        WriteAll(json, "steps", comparison, comparison.Steps);
    }

    private static void WriteAll(
        Utf8JsonWriter json, string name, Comparison comparison, IReadOnlyList<Difference> differences)
    {
        json.WriteStartArray(name);
        foreach (Difference difference in differences)
        {
            json.WriteStartObject();
            WriteDifference(json, comparison, difference);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteDifference(Utf8JsonWriter json, Comparison comparison, Difference difference)
    {
        json.WriteNumber("values", difference.Count);
        json.WriteNumber("different", difference.Different);
        if (difference.First >= 0)
        {
            json.WriteNumber("first_step", comparison.StepOf(difference.First));
        }

        json.WriteAnyNumber("largest", difference.Largest);
        json.WriteAnyNumber("mean", difference.Mean);
    }
}
