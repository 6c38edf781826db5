using System.Text;
using System.Text.Json;
using Recurrent.Cli.Weights;

namespace Recurrent.Cli.Bench;

/// <summary>A report as JSON. Times are microseconds, rates 10^9 a second.</summary>
internal static class BenchJson
{
    public static string Write(BenchReport report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            WriteWorkload(json, report);
            WriteTried(json, report);
            WriteLimits(json, report);
            WriteResult(json, report);
            WriteLatencies(json, "calls", report, report.Latencies);
            WriteLatencies(json, "control", report, report.Control);
            WriteHistogram(json, report);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteWorkload(Utf8JsonWriter json, BenchReport report)
    {
        json.WriteStartObject("machine");
        json.WriteString("processor", Machine.Processor);
        json.WriteNumber("processors", Machine.Processors);
        json.WriteEndObject();
        json.WriteStartObject("workload");
        json.WriteString("name", report.Workload.Name);
        json.WriteNumber("input", report.Workload.Model.InputSize);
        json.WriteNumber("output", report.Workload.Model.OutputSize);
        json.WriteNumber("layers", report.Workload.Model.Layers.Count);
        json.WriteNumber("batch", report.Workload.Batch);
        json.WriteNumber("time", report.Workload.Time);
        json.WriteEndObject();
        json.WriteStartObject("weights");
        json.WriteString("format", WeightChoice.NameOf(report.Workload.Formats));
        json.WriteNumber("raw_bytes", report.Workload.RawBytes);
        json.WriteNumber("padded_bytes", report.PaddedBytes);
        json.WriteNumber("packed_bytes", report.PackedBytes);
        json.WriteNumber("packing_us", report.PackingTime.TotalMicroseconds);
        json.WriteEndObject();
    }

    private static void WriteTried(Utf8JsonWriter json, BenchReport report)
    {
        json.WriteStartArray("tried");
        foreach (CandidateResult result in report.Tried)
        {
            json.WriteStartObject();
            WriteCandidate(json, result.Candidate);
            json.WriteNumber("us", result.Microseconds);
            json.WriteNumber("predicted_us", result.Way.PredictedMicroseconds);
            json.WriteString("strategy", ThreadPlan.NameOf(result.Way.Strategy));
            json.WriteNumber("threads_used", result.Way.Threads);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("recommended");
        WriteCandidate(json, report.Recommended.Candidate);
        json.WriteEndObject();
    }

    private static void WriteCandidate(Utf8JsonWriter json, Candidate candidate)
    {
        json.WriteString("instruction_set", Candidate.NameOf(candidate.InstructionSet));
        json.WriteNumber("threads", candidate.Threads);
    }

    private static void WriteLimits(Utf8JsonWriter json, BenchReport report)
    {
        json.WriteStartObject("limits");
        json.WriteNumber("gflops", report.Rates.GigaFlops);
        json.WriteStartObject("read_gb_s");
        foreach ((MemoryLevel level, double bandwidth) in report.Rates.Reads)
        {
            json.WriteNumber(level.Name, bandwidth);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, BenchReport report)
    {
        json.WriteNumber("us", report.CallMicroseconds);
        json.WriteNumber("us_per_step", report.StepMicroseconds);
        json.WriteNumber("limit_us", report.LimitMicroseconds);
        json.WriteNumber("share_of_limit", report.ShareOfLimit);
        json.WriteNumber("gflops", report.GigaFlops);
        json.WriteNumber("weights_gb_s", report.WeightBandwidth);
    }

    private static void WriteLatencies(
        Utf8JsonWriter json, string name, BenchReport report, LatencyHistogram histogram)
    {
        json.WriteStartObject(name);
        json.WriteNumber("samples", histogram.Count);
        json.WriteNumber("calls_per_sample", histogram.Block);
        foreach ((string percentile, double microseconds) in BenchReport.Percentiles(histogram))
        {
            json.WriteNumber($"{percentile}_us", microseconds);
        }

        json.WriteNumber("max_at_s", report.WorstAfter(histogram).TotalSeconds);
        json.WriteEndObject();
    }

    private static void WriteHistogram(Utf8JsonWriter json, BenchReport report)
    {
        json.WriteStartArray("histogram");
        foreach (HistogramBin bin in report.Bins)
        {
            json.WriteStartObject();
            json.WriteNumber("from_us", bin.From);
            json.WriteNumber("to_us", bin.To);
            json.WriteNumber("samples", bin.Calls);
            json.WriteNumber("control", bin.Control);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
