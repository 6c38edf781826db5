using System.Text.Json;
using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>Files of operator cases as JSON, and folders of such files.</summary>
internal sealed class OnnxOperatorSource : IVerificationSource
{
    private const string Limits =
        "Allowed is what a case says, in units of the largest value, and otherwise 1e-4: tables of ONNX Runtime's own "
        + "tests are rounded. A case that has to be refused passes if it is refused for the same reason.";

    public string Kind => "ONNX Runtime operator cases (a list in *.json)";

    public bool Recognizes(string path) => FilesOf(path).Any();

    public VerificationSet Open(string path, ImportOptions options)
    {
        // The expected values are those of ONNX Runtime, its own default parameters included.
        options = options with { OnnxActivationDefaults = OnnxActivationDefaults.OnnxRuntime };
        var cases = new List<IVerificationCase>();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string file, JsonElement json) in FilesOf(path).SelectMany(file => Read(file).Select(json => (file, json))))
        {
            string name = JsonStrings.Of(json.GetProperty("test"), $"'{file}': test");
            counts[name] = counts.GetValueOrDefault(name) + 1;

            // A test that computes several nodes has several cases of its name.
            cases.Add(new OnnxOperatorCase(counts[name] == 1 ? name : $"{name} {counts[name]}", file, json, options));
        }

        return cases.Count > 0
            ? new VerificationSet(path, Kind, cases, [Limits])
            : throw new UnusableInputException($"'{path}' holds no case.");
    }

    private static IEnumerable<string> FilesOf(string path) =>
        (Directory.Exists(path) ? Directory.GetFiles(path, "*.json").Order(StringComparer.Ordinal).ToArray() : [path])
        .Where(file => Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase) && IsList(file));

    /// <summary>Whether a file holds a list: models and indices in JSON are objects.</summary>
    private static bool IsList(string file)
    {
        using FileStream stream = File.OpenRead(file);
        int first;
        do
        {
            first = stream.ReadByte();
        }
        while (first is ' ' or '\t' or '\r' or '\n');
        return first == '[';
    }

    private static JsonElement[] Read(string file)
    {
        try
        {
            using FileStream stream = BoundedJson.Open(file);
            using var document = JsonDocument.Parse(stream);
            JsonElement[] cases = [.. document.RootElement.Clone().EnumerateArray()];
            return cases.All(IsCase)
                ? cases
                : throw new UnusableInputException($"'{file}': expected a list of objects with 'test' and 'expect'.");
        }
        catch (JsonException e)
        {
            throw new UnusableInputException($"'{file}' cannot be used: {e.Message}", e);
        }
    }

    private static bool IsCase(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("test", out JsonElement test) && test.ValueKind == JsonValueKind.String
        && json.TryGetProperty("expect", out JsonElement expect) && expect.ValueKind == JsonValueKind.String;
}
