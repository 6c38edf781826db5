using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>Layers models of TensorFlow.js, made of Keras models of the golden files.</summary>
public sealed class TfjsModelTests
{
    [Theory]
    [InlineData("lstm_stack", false)]
    [InlineData("gru_first_keras_2", false)]
    [InlineData("residual_keras_2", true)]
    public void It_is_the_model_of_its_configuration(string name, bool isConverted)
    {
        string path = GoldenFiles.PathOf("keras", name + ".safetensors");
        using var folder = new TemporaryFolder();

        ImportedModel found = ModelFile.Load(Write(folder.Path, path, isConverted, _ => { }));

        ImportedModel expected = ModelFile.Load(path, new ImportOptions { KerasVersion = 2 });
        DefinitionAssert.Same(expected.Definition, found.Definition);
        Assert.Equal(expected.LayerNames, found.LayerNames);
    }

    [Theory]
    [InlineData("path", "expected the name of a file in the model's folder, found '../x'")]
    [InlineData("missing", "there is no file 'other.bin' in the model's folder")]
    [InlineData("long", "there is no file 'xxx")]
    [InlineData("quantization", "quantized weights are not supported")]
    [InlineData("dtype", "the type 'complex64' is not supported")]
    [InlineData("shape", "which are left of its files")]
    [InlineData("short", "its weights have")]
    public void A_manifest_that_is_not_right_is_refused(string damage, string reason)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder.Path, GoldenFiles.PathOf("keras", "lstm_stack.safetensors"), false, group =>
        {
            JsonArray weights = group["weights"]!.AsArray();
            switch (damage)
            {
                case "path":
                    group["paths"]![0] = "../x";
                    break;
                case "long":
                    group["paths"]![0] = new string('x', 5000);
                    break;
                case "missing":
                    group["paths"]![0] = "other.bin";
                    break;
                case "quantization":
                    weights[0]!["quantization"] = new JsonObject { ["dtype"] = "uint8" };
                    break;
                case "dtype":
                    weights[0]!["dtype"] = "complex64";
                    break;
                case "shape":
                    weights[^1]!["shape"]![0] = 2_000_000_000;
                    break;
                default:
                    weights.RemoveAt(weights.Count - 1);
                    break;
            }
        });

        Assert.Contains(
            reason, Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>Writes a model with its weights in two files, cut within a number.</summary>
    private static string Write(string folder, string golden, bool isConverted, Action<JsonNode> change)
    {
        using SafetensorsFile file = SafetensorsFile.Open(golden);
        var weights = new JsonArray();
        var bytes = new List<byte>();
        foreach (SafetensorsTensor tensor in file.Tensors.Values)
        {
            bytes.AddRange(MemoryMarshal.AsBytes<float>(tensor.ToSingles()));
            weights.Add(new JsonObject
            {
                ["name"] = tensor.Name,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
                ["dtype"] = "float32",
            });
        }

        int cut = (bytes.Count / 2) + 1;
        File.WriteAllBytes(Path.Combine(folder, "group1-shard1of2.bin"), [.. bytes.Take(cut)]);
        File.WriteAllBytes(Path.Combine(folder, "group1-shard2of2.bin"), [.. bytes.Skip(cut)]);
        JsonNode config = JsonNode.Parse(file.Metadata["keras_config"])!;
        JsonNode topology = isConverted ? new JsonObject { ["model_config"] = config } : config;
        topology["keras_version"] = "tfjs-layers 4.22.0";
        var group = new JsonObject
        {
            ["paths"] = new JsonArray("group1-shard1of2.bin", "group1-shard2of2.bin"),
            ["weights"] = weights,
        };
        change(group);
        string path = Path.Combine(folder, "model.json");
        File.WriteAllText(path, new JsonObject
        {
            ["format"] = "layers-model",
            ["modelTopology"] = topology,
            ["weightsManifest"] = new JsonArray(group),
        }.ToJsonString());
        return path;
    }
}
