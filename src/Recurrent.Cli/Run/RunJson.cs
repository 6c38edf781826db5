using System.Text.Json;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Weights;

namespace Recurrent.Cli.Run;

/// <summary>A run as JSON. Times are microseconds.</summary>
internal static class RunJson
{
    public static string Write(RunReport report) => JsonText.Object(json =>
    {
        json.WriteString("model", report.File);
        json.WriteString("format", report.Imported.Format);
        if (report.HasNames)
        {
            WriteNames(json, report);
        }
        else
        {
            json.WriteString("input", report.InputFiles[0]);
            json.WriteString("output", report.OutputFiles[0]);
        }

        json.WriteNumber("time", report.Request.Input.Time);
        json.WriteNumber("batch", report.Request.Input.Batch);
        if (!report.HasNames)
        {
            json.WriteNumber("output_time", report.Request.OutputTime);
            json.WriteNumber("output_size", report.Request.Model.OutputSize);
        }

        json.WriteString("mode", report.Request.Mode.ToString().ToLowerInvariant());
        json.WriteNumber("steps_per_call", report.Request.BlockLength);
        json.WriteNumber("calls", report.Request.Calls);
        json.WriteString("instruction_set", Candidate.NameOf(report.Result.InstructionSet));
        json.WriteNumber("threads", report.Request.Threads);
        json.WriteString("weights", WeightChoice.NameOf(report.Request.Formats));
        json.WriteNumber("passes", report.Result.Times.Passes);
        json.WriteNumber("us", report.Result.Microseconds);
        json.WriteNumber("us_per_step", report.Result.Microseconds / report.Request.Input.Time);
        json.WriteNumber("call_median_us", 1e-3 * report.Result.Times.Calls.Percentile(0.5));
        json.WriteNumber("call_p99_us", 1e-3 * report.Result.Times.Calls.Percentile(0.99));
        json.WriteNumber("call_worst_us", 1e-3 * report.Result.Times.Calls.Maximum);
        json.WriteNumber("worst_call", report.Result.Times.WorstCall);
        if (report is { SampleRate: { } rate, RealTimeFactor: { } factor })
        {
            json.WriteNumber("sample_rate", rate);
            json.WriteNumber("real_time_factor", factor);
        }

        json.WriteNumber("not_finite", report.Result.NotFinite);
        json.WriteStartArray("notes");
        foreach (string note in report.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
    });

    private static void WriteNames(Utf8JsonWriter json, RunReport report)
    {
        json.WriteStartObject("inputs");
        foreach ((string file, int i) in report.InputFiles.Select((file, i) => (file, i)))
        {
            json.WriteString(report.Request.Model.Inputs[i].Name, file);
        }

        json.WriteEndObject();
        json.WriteStartArray("outputs");
        foreach ((string? file, int i) in report.OutputFiles.Select((file, i) => (file, i)))
        {
            json.WriteStartObject();
            json.WriteString("name", report.Request.Model.Outputs[i].Name);
            json.WriteString("file", file);
            json.WriteNumber("time", report.Request.OutputTimeOf(i));
            json.WriteNumber("size", report.Request.Model.Outputs[i].Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
