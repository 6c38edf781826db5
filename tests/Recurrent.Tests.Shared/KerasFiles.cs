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

    /// <summary>The layers in the order of the configuration, those of models inside of it in their places.</summary>
    public static IReadOnlyList<KerasFileLayer> Layers(SafetensorsFile file) =>
        LayersOf(JsonNode.Parse(file.Metadata[ConfigName])!);

    private static IReadOnlyList<KerasFileLayer> LayersOf(JsonNode model)
    {
        JsonArray layers = model["config"] as JsonArray ?? model["config"]!["layers"]!.AsArray();
        return
        [
            .. layers.Select(layer =>
            {
                JsonNode inner = layer!["class_name"]!.GetValue<string>() == "TimeDistributed" ? layer["config"]!["layer"]! : layer;
                return new KerasFileLayer(
                    layer["class_name"]!.GetValue<string>(),
                    layer["config"]!["name"]!.GetValue<string>(),
                    inner["class_name"]!.GetValue<string>() is "Sequential" or "Model" or "Functional" ? LayersOf(inner) : null);
            }),
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
        foreach (KerasFileLayer layer in Layers(file))
        {
            string name = layer.Name;
            string[] names = [.. WeightsOf(file, layer).OrderBy(name => name.Contains("moving_", StringComparison.Ordinal))];
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
        AddTo(root, file, Layers(file));

        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "metadata.json", Metadata(file), level);
            Add(zip, "config.json", Encoding.UTF8.GetBytes(file.Metadata[ConfigName]), level);
            Add(zip, "model.weights.h5", Hdf5Builder.Build(root, style), level);
        }

        return bytes.ToArray();
    }

    private static void AddTo(Hdf5Group root, SafetensorsFile file, IReadOnlyList<KerasFileLayer> layers)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (KerasFileLayer layer in layers)
        {
            string snake = SnakeCase(layer.Kind);
            int number = counts.GetValueOrDefault(snake);
            counts[snake] = number + 1;
            Hdf5Group group = root.Group($"layers/{(number == 0 ? snake : $"{snake}_{number}")}");
            group.Group("vars");
            if (layer.Layers is not null)
            {
                AddTo(layer.Kind == "TimeDistributed" ? group.Group("layer") : group, file, layer.Layers);
                continue;
            }

            var next = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (string weight in Weights(file, layer.Name))
            {
                string place = PlaceOf(layer.Kind, weight);
                int at = next.GetValueOrDefault(place);
                next[place] = at + 1;
                group.Set($"{place}{at}", [.. file[weight].Shape], file[weight].ToSingles());
            }
        }
    }

    private static IEnumerable<string> WeightsOf(SafetensorsFile file, KerasFileLayer layer) =>
        layer.Layers?.SelectMany(inner => WeightsOf(file, inner)) ?? Weights(file, layer.Name);

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
