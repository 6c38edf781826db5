using Recurrent.Formats.Json;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Keras;

/// <summary>
/// A Keras model: its configuration (<c>model.to_json()</c>) and its variables. In a safetensors file they are under Keras's
/// names, and the configuration is in the metadata; docs/import.md has the lines that write such a file.
/// </summary>
internal static class KerasModel
{
    // What chunks, their pieces and the tensors made of them may take, for each byte of the tensors.
    private const int ValuesMultiple = 6;

    private const string ConfigName = "keras_config";
    private const string VersionName = "keras_version";

    /// <summary>What a file of HDF5 is asked of.</summary>
    public static MemoryBudget BudgetOf(ByteSource source, ImportOptions options) =>
        new(source.Length, Math.Max(MemoryBudget.Multiple, ValuesMultiple * options.TensorMultiple))
        {
            TensorMultiple = options.TensorMultiple,
        };

    /// <summary>Whether a file has a Keras model.</summary>
    public static bool Recognizes(SafetensorsFile file) =>
        file.Metadata.ContainsKey(ConfigName) || KerasNames.AreIn(file);

    /// <summary>Reads the model of a safetensors file.</summary>
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

        // Tensors lie in the file as they are, and the header has the configuration.
        long bytes = config.Length + file.Tensors.Values.Sum(tensor => tensor.ElementCount * tensor.ElementType.SizeInBytes());
        ImportedModel model = Guarded.Read(() => Read(
            JsonContents.Read(config, new MemoryBudget(bytes)),
            file.Metadata.GetValueOrDefault(VersionName),
            layers => KerasNames.Sort(file.Tensors.Values, layers),
            options,
            "Keras"));
        return model with
        {
            Metadata = file.Metadata.Where(entry => entry.Key != ConfigName).ToDictionary(),
        };
    }

    /// <summary>Reads a model of its configuration and its variables.</summary>
    /// <param name="root">The configuration.</param>
    /// <param name="version">The version of Keras, as the file says it beside the configuration; null if it does not.</param>
    /// <param name="sort">Finds out which variable is what, of the layers in the order of the configuration.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="format">What the file is, for people.</param>
    public static ImportedModel Read(
        JsonValue root,
        string? version,
        Func<IReadOnlyList<KerasLayer>, KerasTensors> sort,
        ImportOptions options,
        string format)
    {
        KerasNetwork network = KerasGraph.Read(root);
        KerasCell.RequireKnown(network);
        KerasTensors tensors = sort(network.Written);
        var reader = new KerasLayerReader(root.Budget, tensors, ReadVersion(version, root, options), KerasNesting.Flatten(network));
        ImportedModel model = reader.Read(format);
        return version is null
            ? model
            : model with { Metadata = new Dictionary<string, string> { [VersionName] = version } };
    }

    private static KerasVersion ReadVersion(string? version, JsonValue root, ImportOptions options)
    {
        string? text = root.Find(VersionName)?.Text() ?? version;
        if (text is not null)
        {
            return KerasVersion.Parse(text);
        }

        // Keras 3 says where each class is from, and no more what version it is.
        return KerasVersion.From(options, guess: root.Find("module") is null ? 2 : 3);
    }
}
