using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Recurrent.Tests.Shared;

/// <summary>Layers models of TensorFlow.js whose weights lie in one file.</summary>
internal static class TfjsFiles
{
    /// <summary>The same model with its configuration in a safetensors file.</summary>
    /// <param name="path">The model's <c>model.json</c>; the weights are beside it.</param>
    public static byte[] ToSafetensors(string path)
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(path))!;
        byte[] weights = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "weights.bin"));
        SafetensorsBuilder builder = new SafetensorsBuilder().Metadata(new Dictionary<string, string>
        {
            ["keras_config"] = root["modelTopology"]!.ToJsonString(),
            ["keras_version"] = "2.15.0",
        });
        int begin = 0;
        foreach (JsonNode? weight in root["weightsManifest"]![0]!["weights"]!.AsArray())
        {
            long[] shape = [.. weight!["shape"]!.AsArray().Select(size => (long)size!)];
            int bytes = sizeof(float) * (int)shape.Aggregate(1L, (product, size) => product * size);
            builder.Add(
                (string)weight["name"]!, "F32", shape, MemoryMarshal.Cast<byte, float>(weights.AsSpan(begin, bytes)).ToArray());
            begin += bytes;
        }

        return builder.Build();
    }
}
