using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recurrent.Fuzz.Formats;

/// <summary>Folders with known results, as <c>recurrent verify</c> takes them, cut to what is soon computed.</summary>
internal static class FolderSeeds
{
    private const int MostCases = 3;

    public static IEnumerable<SeedFile> All() =>
        [.. Cases(), .. OnnxTests(), .. Operators(), .. Recordings(), .. RtNeural(), Golden()];

    private static IEnumerable<SeedFile> Cases() => Folders("tests/golden/cases").Select(folder => Whole(folder, ""));

    private static IEnumerable<SeedFile> OnnxTests() => Folders("tests/golden/onnx").Select(folder => Whole(folder, ""));

    /// <summary>Every file with operator cases, a few of them.</summary>
    private static IEnumerable<SeedFile> Operators() =>
        Tree.Files("tests/golden/onnxruntime", "*.json").Select(path => SeedFile.Of(
            Path.GetRelativePath(Tree.Root, path), "cases.json", First(JsonNode.Parse(File.ReadAllBytes(path))!.AsArray())));

    /// <summary>A model beside what it put out.</summary>
    private static IEnumerable<SeedFile> Recordings()
    {
        foreach (string recording in Tree.Files("tests/golden/keras", "*.io.safetensors"))
        {
            string start = recording[..^".io.safetensors".Length];
            string model = File.Exists(start + ".json") ? start + ".json" : start + ".safetensors";
            yield return Of(model, "", ("model" + Path.GetExtension(model), model), ("model.io.safetensors", recording));
        }
    }

    private static IEnumerable<SeedFile> RtNeural() => ((string[])["gru_1d", "lstm_1d"]).Select(name =>
    {
        string Path(string file) => System.IO.Path.Combine(Tree.Root, "tests/golden/rtneural", file);
        return Of(
            Path($"models/{name}.json"),
            "",
            ($"models/{name}.json", Path($"models/{name}.json")),
            ($"test_data/{name}_x_python.csv", Path($"test_data/{name}_x_python.csv")),
            ($"test_data/{name}_y_python.csv", Path($"test_data/{name}_y_python.csv")));
    });

    /// <summary>PyTorch's cases, a few of them.</summary>
    private static SeedFile Golden()
    {
        const string Index = "index.json";
        string folder = Path.Combine(Tree.Root, "tests/golden/torch");
        JsonObject index = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, Index)))!.AsObject();
        var cases = new JsonArray();
        foreach (JsonNode? entry in index["cases"]!.AsArray().Take(MostCases))
        {
            cases.Add(entry!.DeepClone());
        }

        index["cases"] = cases;
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal)
        {
            [Index] = JsonSerializer.SerializeToUtf8Bytes(index),
        };
        foreach (string file in cases.Select(entry => entry!["file"]!.GetValue<string>()))
        {
            files[file] = File.ReadAllBytes(Path.Combine(folder, file));
        }

        return new SeedFile("tests/golden/torch", "", files);
    }

    private static byte[] First(JsonArray all)
    {
        var few = new JsonArray();
        foreach (JsonNode? item in all.Take(MostCases))
        {
            few.Add(item?.DeepClone());
        }

        return JsonSerializer.SerializeToUtf8Bytes(few);
    }

    private static IEnumerable<string> Folders(string folder) =>
        Directory.EnumerateDirectories(Path.Combine(Tree.Root, folder)).Order(StringComparer.Ordinal);

    private static SeedFile Whole(string folder, string main) => new(
        Path.GetRelativePath(Tree.Root, folder),
        main,
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
            path => Path.GetRelativePath(folder, path), File.ReadAllBytes, StringComparer.Ordinal));

    private static SeedFile Of(string path, string main, params (string Name, string Path)[] files) => new(
        Path.GetRelativePath(Tree.Root, path),
        main,
        files.ToDictionary(file => file.Name, file => File.ReadAllBytes(file.Path), StringComparer.Ordinal));
}
