using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Recurrent.Tests.Shared;

/// <summary>The files that Keras itself would write of a model that lies in a safetensors file with its configuration.</summary>
internal static class KerasFiles
{
    private const string ConfigName = "keras_config";
    private const string VersionName = "keras_version";

    private static readonly string[] Order =
    [
        "embeddings", "alpha", "kernel", "recurrent_kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance",
    ];

    /// <summary>The classes of the layers with their names, in the order of the configuration.</summary>
    public static IReadOnlyList<(string Kind, string Name)> Layers(SafetensorsFile file)
    {
        JsonNode root = JsonNode.Parse(file.Metadata[ConfigName])!;
        JsonArray layers = root["config"] as JsonArray ?? root["config"]!["layers"]!.AsArray();
        return
        [
            .. layers.Select(layer => (
                layer!["class_name"]!.GetValue<string>(), layer["config"]!["name"]!.GetValue<string>())),
        ];
    }

    /// <summary>As <c>model.save("model.h5")</c>.</summary>
    public static byte[] ToH5(SafetensorsFile file, Hdf5Style style)
    {
        Hdf5Group root = new Hdf5Group().Text("model_config", file.Metadata[ConfigName]).Text("backend", "tensorflow");
        if (file.Metadata.TryGetValue(VersionName, out string? version))
        {
            root.Text(VersionName, version);
        }

        Hdf5Group weights = root.Group("model_weights");
        weights.Group("top_level_model_weights").Texts("weight_names");
        weights.Texts("layer_names", [.. Layers(file).Select(layer => layer.Name)]);
        foreach ((_, string name) in Layers(file))
        {
            string[] names = [.. Weights(file, name)];
            Hdf5Group group = weights.Group(name).Texts("weight_names", names);
            foreach (string weight in names)
            {
                group.Set(weight, [.. file[weight].Shape], file[weight].ToSingles());
            }
        }

        return Hdf5Builder.Build(root, style);
    }

    /// <summary>As <c>model.save("model.keras")</c>.</summary>
    public static byte[] ToArchive(SafetensorsFile file, Hdf5Style style, CompressionLevel level = CompressionLevel.NoCompression)
    {
        var root = new Hdf5Group();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string kind, string name) in Layers(file))
        {
            string snake = SnakeCase(kind);
            int number = counts.GetValueOrDefault(snake);
            counts[snake] = number + 1;
            Hdf5Group group = root.Group($"layers/{(number == 0 ? snake : $"{snake}_{number}")}");
            group.Group("vars");
            var next = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (string weight in Weights(file, name))
            {
                string place = PlaceOf(kind, weight);
                int at = next.GetValueOrDefault(place);
                next[place] = at + 1;
                group.Set($"{place}{at}", [.. file[weight].Shape], file[weight].ToSingles());
            }
        }

        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "metadata.json", Metadata(file), level);
            Add(zip, "config.json", Encoding.UTF8.GetBytes(file.Metadata[ConfigName]), level);
            Add(zip, "model.weights.h5", Hdf5Builder.Build(root, style), level);
        }

        return bytes.ToArray();
    }

    private static string SnakeCase(string kind) => Regex.Replace(
        Regex.Replace(kind, "(.)([A-Z][a-z]+)", "$1_$2"), "([a-z])([A-Z])", "$1_$2").ToLowerInvariant();

    private static byte[] Metadata(SafetensorsFile file)
    {
        var metadata = new JsonObject { ["date_saved"] = "2026-01-01@00:00:00" };
        if (file.Metadata.TryGetValue(VersionName, out string? version))
        {
            metadata[VersionName] = version;
        }

        return Encoding.UTF8.GetBytes(metadata.ToJsonString());
    }

    private static string PlaceOf(string kind, string weight) => kind switch
    {
        "TimeDistributed" => "layer/vars/",
        "Bidirectional" => weight.Contains("backward_", StringComparison.Ordinal)
            ? "backward_layer/cell/vars/"
            : "forward_layer/cell/vars/",
        "LSTM" or "GRU" or "SimpleRNN" or "RNN" => "cell/vars/",
        _ => "vars/",
    };

    /// <summary>The weights of a layer in Keras's order.</summary>
    private static IEnumerable<string> Weights(SafetensorsFile file, string layer) => file.Tensors.Keys
        .Where(name => name.StartsWith(layer + "/", StringComparison.Ordinal))
        .OrderBy(name => name.Contains("backward_", StringComparison.Ordinal))
        .ThenBy(name => Array.IndexOf(Order, name.Split('/')[^1].Split(':')[0]));

    private static void Add(ZipArchive zip, string name, byte[] bytes, CompressionLevel level)
    {
        using Stream entry = zip.CreateEntry(name, level).Open();
        entry.Write(bytes);
    }
}
