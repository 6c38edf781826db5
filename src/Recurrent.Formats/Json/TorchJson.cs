namespace Recurrent.Formats.Json;

/// <summary>The parameters of PyTorch modules as JSON: a name and nested arrays for each.</summary>
internal static class TorchJson
{
    public static bool Recognises(JsonValue root) =>
        root.Properties().All(entry => entry.Value.IsArray)
        && root.Properties().Any(entry => entry.Name.Contains("weight", StringComparison.Ordinal));

    public static ImportedModel Read(JsonValue root, ImportOptions options) =>
        throw new ModelFormatException("PyTorch parameters in JSON.");
}
