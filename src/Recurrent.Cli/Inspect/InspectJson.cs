using System.Text.Json;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Weights;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Inspect;

/// <summary>An inspection as JSON. Times are microseconds.</summary>
internal static class InspectJson
{
    public static string Write(Inspection inspection) => JsonText.Object(json =>
    {
        json.WriteString("file", inspection.File);
        json.WriteString("format", inspection.Format);
        if (inspection.Model is { } model)
        {
            WriteModel(json, inspection, model);
        }
        else
        {
            json.WriteString("not_supported", inspection.NotSupported);
            WriteTensors(json, inspection);
        }
    });

    private static void WriteModel(Utf8JsonWriter json, Inspection inspection, ImportedModel model)
    {
        ModelDefinition definition = model.Definition;
        json.WriteNumber("input_size", definition.InputSize);
        json.WriteNumber("output_size", definition.OutputSize);
        json.WriteNumber("vocabulary_size", definition.VocabularySize);
        json.WriteString("output", definition.Output.ToString());
        json.WriteBoolean("can_step", definition.CanStep);
        if (definition.LeastTime > 1 || definition.MostTime < int.MaxValue)
        {
            json.WriteNumber("least_steps", definition.LeastTime);
            json.WriteNumber("most_steps", definition.MostTime);
        }

        if (!definition.IsChain)
        {
            WriteNames(json, definition);
        }

        json.WriteString("layout", definition.Layout.ToString());
        json.WriteString("empty_row", definition.EmptyRow.ToString());
        if (definition.Masking is { } masking)
        {
            json.WriteStartObject("masking");
            json.WriteAnyNumber("value", masking.Value);
            json.WriteString("output", masking.Output.ToString());
            json.WriteEndObject();
        }

        if (model.SampleRate is { } rate)
        {
            json.WriteNumber("sample_rate", rate);
        }

        PackedText.Write(json, model.PackedWeights);

        WriteLayers(json, inspection.Layers);
        json.WriteNumber("parameters", inspection.Parameters);
        WriteStep(json, inspection);
        json.WriteString("weights", WeightChoice.NameOf(inspection.Formats));
        if (inspection.Errors is { } errors)
        {
            WriteErrors(json, inspection, errors);
        }

        json.WriteStartArray("notes");
        foreach (ImportNote note in model.Notes)
        {
            json.WriteStartObject();
            json.WriteString("kind", note.Kind.ToString().ToLowerInvariant());
            json.WriteString("subject", note.Subject);
            json.WriteString("message", note.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (inspection.Proposal is { } proposal)
        {
            WriteProposal(json, proposal, inspection.ProposedLines);
        }

        json.WriteStartObject("metadata");
        foreach ((string key, string value) in model.Metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, ModelDefinition definition)
    {
        json.WriteStartArray("inputs");
        foreach (ModelInput input in definition.Inputs)
        {
            Write(input.Name, input.Kind, input.Size);
        }

        json.WriteEndArray();
        json.WriteStartArray("outputs");
        foreach (OutputValue output in definition.Outputs)
        {
            Write(output.Name, output.Kind, output.Size);
        }

        json.WriteEndArray();

        void Write(string name, ValueKind kind, int size)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("kind", kind.ToString().ToLowerInvariant());
            json.WriteNumber("size", size);
            json.WriteEndObject();
        }
    }

    private static void WriteProposal(Utf8JsonWriter json, string options, IReadOnlyList<string> lines)
    {
        json.WriteStartObject("proposal");
        json.WriteString("options", options);
        json.WriteStartArray("csharp");
        foreach (string line in lines)
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLayers(Utf8JsonWriter json, IReadOnlyList<LayerSummary> layers)
    {
        json.WriteStartArray("layers");
        foreach (LayerSummary layer in layers)
        {
            json.WriteStartObject();
            json.WriteString("name", layer.Name);
            json.WriteString("kind", layer.Kind);
            json.WriteNumber("input_size", layer.InputSize);
            json.WriteNumber("output_size", layer.OutputSize);
            json.WriteString("direction", layer.Direction?.ToString().ToLowerInvariant());
            json.WriteString("activations", layer.Activations);
            json.WriteString("details", layer.Details);
            json.WriteNumber("parameters", layer.Parameters);
            if (layer.Reads.Count > 0)
            {
                json.WriteStartArray("reads");
                foreach (string name in layer.Reads)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteErrors(Utf8JsonWriter json, Inspection inspection, FormatErrors errors)
    {
        json.WriteStartArray("errors");
        foreach (LayerError layer in errors.Layers)
        {
            json.WriteStartObject();
            json.WriteString("layer", inspection.Layers[layer.Layer].Name);
            json.WriteAnyNumber("snr_db", layer.SignalToNoise);
            json.WriteAnyNumber("largest", layer.Largest);
            json.WriteAnyNumber("largest_value", layer.LargestValue);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("small_features");
        foreach (SmallFeatures small in errors.TooSmall)
        {
            json.WriteStartObject();
            json.WriteString("layer", inspection.Layers[small.Layer].Name);
            json.WriteNumbers("features", small.Features.Select(feature => (long)feature));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStep(Utf8JsonWriter json, Inspection inspection)
    {
        if (inspection.Step is not { } step)
        {
            json.WriteString("no_step_time", inspection.NoStep);
            return;
        }

        json.WriteString("instruction_set", Candidate.NameOf(step.InstructionSet));
        json.WriteNumber("packed_bytes", step.PackedBytes);
        json.WriteNumber("step_predicted_us", step.Predicted);
        if (step.Measured is { } times)
        {
            json.WriteNumber("samples", times.Samples);
            json.WriteNumber("step_median_us", times.Median);
            json.WriteNumber("step_p99_us", times.Percentile99);
            json.WriteNumber("control_median_us", times.ControlMedian);
            json.WriteNumber("control_p99_us", times.ControlPercentile99);
        }
    }

    private static void WriteTensors(Utf8JsonWriter json, Inspection inspection)
    {
        json.WriteStartArray("tensors");
        foreach (TensorSummary tensor in inspection.Tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteString("type", tensor.ElementType);
            json.WriteNumbers("shape", tensor.Shape);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
