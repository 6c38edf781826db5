using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Recurrent.Cli.Bench;

namespace Recurrent.Cli.Info;

/// <summary>What <c>recurrent info</c> found, as JSON. Times are microseconds.</summary>
internal static class InfoJson
{
    public static string Write(InfoReport report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("version", InfoReport.Version);
            json.WriteString("native_version", Machine.LibraryVersion);
            json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            json.WriteString("rid", RuntimeInformation.RuntimeIdentifier);
            json.WriteString("processor", Machine.Processor);
            json.WriteNumber("processors", Machine.Processors);
            json.WriteStartArray("instruction_sets");
            foreach (InstructionSet isa in Machine.InstructionSets)
            {
                json.WriteStringValue(Candidate.NameOf(isa));
            }

            json.WriteEndArray();
            json.WriteString("instruction_set", Candidate.NameOf(Machine.InstructionSet));
            json.WriteNumber("l1_data_bytes", Machine.L1DataBytes);
            json.WriteNumber("l2_bytes", Machine.L2Bytes);
            json.WriteNumber("l3_bytes", Machine.L3Bytes);
            json.WriteBoolean("mkl_available", Machine.MklAvailable);
            json.WriteString("mkl", Machine.Mkl);
            WriteProducts(json, report.Products);
            WritePlans(json, report.Plans);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    // Absent where it was not asked for.
    private static void WriteProducts(Utf8JsonWriter json, IReadOnlyList<ProductChoice> choices)
    {
        if (choices.Count == 0)
        {
            return;
        }

        json.WriteStartArray("gemm");
        foreach (ProductChoice choice in choices)
        {
            json.WriteStartObject();
            json.WriteString("instruction_set", Candidate.NameOf(choice.InstructionSet));
            json.WriteNumber("input", choice.InputSize);
            json.WriteNumber("hidden", choice.HiddenSize);
            json.WriteNumber("rows", choice.Info.Rows);
            json.WriteNumber("builtin_us", choice.Info.BuiltInMicroseconds);
            json.WriteNumber("mkl_us", choice.Info.MklMicroseconds);
            json.WriteString("provider", choice.Info.Provider.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Likewise.
    private static void WritePlans(Utf8JsonWriter json, IReadOnlyList<ThreadPlan> plans)
    {
        if (plans.Count == 0)
        {
            return;
        }

        json.WriteStartArray("plans");
        foreach (ThreadPlan plan in plans)
        {
            json.WriteStartObject();
            json.WriteString("name", plan.Workload.Name);
            json.WriteNumber("batch", plan.Workload.Batch);
            json.WriteNumber("time", plan.Workload.Time);
            json.WriteString("instruction_set", Candidate.NameOf(plan.InstructionSet));
            json.WriteNumber("threads", plan.Threads);
            WriteWays(json, plan.Ways);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteWays(Utf8JsonWriter json, IReadOnlyList<PlanCandidate> ways)
    {
        json.WriteStartArray("ways");
        foreach (PlanCandidate way in ways)
        {
            json.WriteStartObject();
            json.WriteString("strategy", ThreadPlan.NameOf(way.Strategy));
            json.WriteNumber("threads", way.Threads);
            json.WriteNumber("predicted_us", way.PredictedMicroseconds);
            json.WriteBoolean("chosen", way.IsChosen);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
