using System.Text.Json;
using Recurrent.Cli.Weights;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The results of a verification.</summary>
internal sealed record VerifyReport(
    IReadOnlyList<VerificationSet> Sets,
    IReadOnlyList<string> Paths,
    IReadOnlyList<SkippedPath> Skipped,
    IReadOnlyList<CaseResult> Results)
{
    /// <summary>The format whose bits were asked for; null if what was recorded decides.</summary>
    public WeightFormat? Weights { get; init; }

    public int Passed => Results.Count(result => result.Passed);

    public int Cases => Sets.Sum(set => set.Cases.Count);

    public int Failed => Results.Count - Passed;

    /// <summary>Writes everything, passing tensors too.</summary>
    public void WriteJson(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("sets");
        foreach (VerificationSet set in Sets)
        {
            json.WriteStartObject();
            json.WriteString("set", set.Path);
            json.WriteString("kind", set.Kind);
            json.WriteNumber("cases", set.Cases.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("cases", Cases);
        if (Weights is { } weights)
        {
            json.WriteString("weights", WeightFormatNames.Of(weights));
        }

        json.WriteStartArray("paths");
        foreach (string path in Paths)
        {
            json.WriteStringValue(path);
        }

        json.WriteEndArray();
        json.WriteStartArray("skipped");
        foreach (SkippedPath skipped in Skipped)
        {
            json.WriteStartObject();
            json.WriteString("path", skipped.Name);
            json.WriteString("reason", skipped.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("passed", Passed);
        json.WriteNumber("failed", Failed);
        json.WriteStartArray("results");
        foreach (CaseResult result in Results)
        {
            WriteResult(json, result);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, CaseResult result)
    {
        json.WriteStartObject();
        json.WriteString("set", result.Set.Path);
        json.WriteString("case", result.Case);
        json.WriteString("path", result.Path);
        json.WriteBoolean("passed", result.Passed);
        if (result.Refusal is not null)
        {
            json.WriteString("refusal", result.Refusal);
        }

        json.WriteStartArray("tensors");
        foreach (TensorResult tensor in result.Tensors)
        {
            json.WriteStartObject();
            json.WriteString("tensor", tensor.Tensor);
            json.WriteAnyNumber("error", tensor.Error);
            json.WriteAnyNumber("allowed", tensor.Allowed);
            json.WriteBoolean("passed", tensor.Passed);
            if (tensor.Failure is not null)
            {
                json.WriteString("failure", tensor.Failure);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
