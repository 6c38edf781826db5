using Recurrent.Formats.Json;

namespace Recurrent.Formats.Keras;

/// <summary>
/// A Keras model in a safetensors file: its variables under Keras's names, its configuration (<c>model.to_json()</c>)
/// in the metadata. docs/import.md has the lines that write such a file.
/// </summary>
internal static class KerasModel
{
    private const string ConfigName = "keras_config";
    private const string VersionName = "keras_version";

    /// <summary>Whether a file has a Keras model.</summary>
    public static bool Recognizes(SafetensorsFile file) =>
        file.Metadata.ContainsKey(ConfigName) || KerasTensors.AreIn(file);

    /// <summary>Reads the model.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">What the file does not say.</param>
    public static ImportedModel Load(SafetensorsFile file, ImportOptions options)
    {
        if (!file.Metadata.TryGetValue(ConfigName, out string? config))
        {
            throw new ModelFormatException(
                $"the tensors have Keras's names, but the metadata no '{ConfigName}' with the model's configuration; "
                + "docs/import.md has the lines that write both.");
        }

        return Guarded.Read(() => Read(file, JsonContents.Read(config), options));
    }

    private static ImportedModel Read(SafetensorsFile file, JsonValue root, ImportOptions options)
    {
        IReadOnlyList<KerasLayer> chain = KerasGraph.Read(root);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (KerasLayer layer in chain.Where(layer => !names.Add(layer.Name)))
        {
            throw new ModelFormatException($"layer '{layer.Name}': a second one has this name.");
        }

        var tensors = new KerasTensors(file, names);
        var reader = new KerasLayerReader(root.Budget, tensors, ReadVersion(file, root, options));
        foreach (KerasLayer layer in chain)
        {
            reader.Add(layer);
        }

        tensors.RequireAllTaken();
        return reader.Build(tensors.Strangers) with
        {
            Metadata = file.Metadata.Where(entry => entry.Key != ConfigName).ToDictionary(),
        };
    }

    private static KerasVersion ReadVersion(SafetensorsFile file, JsonValue root, ImportOptions options)
    {
        string? text = root.Find(VersionName)?.Text() ?? file.Metadata.GetValueOrDefault(VersionName);
        if (text is not null)
        {
            return KerasVersion.Parse(text);
        }

        // Keras 3 says where each class is from, and no more what version it is.
        return KerasVersion.From(options, guess: root.Find("module") is null ? 2 : 3);
    }
}
