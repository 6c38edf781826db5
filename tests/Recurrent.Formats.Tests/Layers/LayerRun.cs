using System.Runtime.InteropServices;
using System.Text.Json;
using Recurrent.Formats.Onnx;
using Recurrent.Formats.Tests.Graphs;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests.Layers;

/// <summary>Computes the models of <see cref="LayerModels"/>, and writes them as cases.</summary>
internal static class LayerRun
{
    public static string FolderOf(string name, SequenceLayout layout) =>
        name.Replace(' ', '-') + (layout == SequenceLayout.TimeMajor ? "-time-major" : "");

    public static byte[] Write(ModelDefinition definition)
    {
        using var stream = new MemoryStream();
        OnnxExport.Save(definition, stream);
        return stream.ToArray();
    }

    /// <summary>The file of a model without the version of who wrote it.</summary>
    public static ModelProto Operators(byte[] file)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(file);
        model.ProducerVersion = "";
        return model;
    }

    /// <summary>What the reference computes, in the model's order of axes.</summary>
    public static float[][] Compute(ModelDefinition definition) => ReferenceModel<float>.Create(definition).Predict(
        [.. definition.Inputs.Select(input => input.Kind == ValueKind.Indices
            ? new InputBuffer<float>(input.Name, (int[])[.. Values(input).Select(value => (int)value)])
            : new InputBuffer<float>(input.Name, Values(input)))],
        LayerModels.Batch,
        LayerModels.Time);

    public static int[][] Bits(ModelDefinition definition) =>
        [.. Compute(definition).Select(values => MemoryMarshal.Cast<float, int>(values).ToArray())];

    /// <summary>Writes a model with its inputs; ONNX Runtime computes the outputs.</summary>
    public static void WriteCase(ModelDefinition definition, string folder)
    {
        Directory.CreateDirectory(folder);
        OnnxExport.Save(definition, Path.Combine(folder, "model.onnx"));
        foreach (ModelInput input in definition.Inputs)
        {
            int[] steps = definition.Layout == SequenceLayout.BatchMajor
                ? [LayerModels.Batch, LayerModels.Time]
                : [LayerModels.Time, LayerModels.Batch];
            bool areIndices = input.Kind == ValueKind.Indices;
            ArrayFile.Write(
                Path.Combine(folder, $"in.{input.Name}.npy"), areIndices ? steps : [.. steps, input.Size], Values(input), areIndices);
        }

        var description = new Dictionary<string, object>
        {
            ["model"] = "model.onnx",
            ["inputs"] = definition.Inputs.ToDictionary(input => input.Name, input => $"in.{input.Name}.npy"),
            ["outputs"] = definition.Outputs.ToDictionary(output => output.Name, output => $"out.{output.Name}.npy"),
            ["tolerance"] = 1e-5,
        };
        File.WriteAllText(Path.Combine(folder, "case.json"), JsonSerializer.Serialize(description) + "\n");
    }

    private static float[] Values(ModelInput input)
    {
        Random random = new(input.Size);
        int steps = LayerModels.Batch * LayerModels.Time;
        return input.Kind == ValueKind.Indices
            ? [.. Enumerable.Range(0, steps).Select(_ => (float)random.Next(input.Size))]
            : GraphModels.Values(steps * input.Size, random);
    }
}
