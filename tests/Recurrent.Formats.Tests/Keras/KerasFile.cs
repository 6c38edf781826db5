using Recurrent.Formats.Keras;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>A Keras model of the golden cases, to be changed.</summary>
internal sealed class KerasFile(string name)
{
    private readonly SafetensorsFile _file = SafetensorsFile.Open(GoldenFiles.PathOf("keras", name + ".safetensors"));
    private readonly List<(string Old, string New)> _replacements = [];
    private readonly List<(string Old, string New)> _renamings = [];
    private readonly List<(string Name, long[] Shape)> _added = [];

    private string? _version;
    private bool _hasVersion = true;

    /// <summary>Changes the text of the configuration.</summary>
    public KerasFile Replace(string old, string replacement)
    {
        Assert.Contains(old, _file.Metadata["keras_config"], StringComparison.Ordinal);
        _replacements.Add((old, replacement));
        return this;
    }

    /// <summary>Changes the names of tensors.</summary>
    public KerasFile Rename(string old, string replacement)
    {
        Assert.Contains(_file.Tensors.Keys, tensor => tensor.Contains(old, StringComparison.Ordinal));
        _renamings.Add((old, replacement));
        return this;
    }

    public KerasFile Add(string tensor, params long[] shape)
    {
        _added.Add((tensor, shape));
        return this;
    }

    public KerasFile WithoutVersion()
    {
        _hasVersion = false;
        return this;
    }

    public KerasFile WithVersion(string version)
    {
        _version = version;
        return this;
    }

    public ImportedModel Load(ImportOptions? options = null) =>
        KerasModel.Load(SafetensorsFile.Parse(Build()), options ?? ImportOptions.Default);

    /// <summary>The message of the refusal.</summary>
    public string Refusal() => Assert.Throws<ModelFormatException>(() => Load()).Message;

    public byte[] Build()
    {
        var metadata = new Dictionary<string, string>
        {
            ["keras_config"] = _replacements.Aggregate(
                _file.Metadata["keras_config"], (text, pair) => text.Replace(pair.Old, pair.New, StringComparison.Ordinal)),
        };
        if (_hasVersion && (_version ?? _file.Metadata.GetValueOrDefault("keras_version")) is { } version)
        {
            metadata["keras_version"] = version;
        }

        var builder = new SafetensorsBuilder().Metadata(metadata);
        foreach (SafetensorsTensor tensor in _file.Tensors.Values)
        {
            string renamed = _renamings.Aggregate(
                tensor.Name, (text, pair) => text.Replace(pair.Old, pair.New, StringComparison.Ordinal));
            builder.Add(renamed, "F32", [.. tensor.Shape], tensor.ToSingles());
        }

        foreach ((string tensor, long[] shape) in _added)
        {
            builder.AddCounting(tensor, 0, shape);
        }

        return builder.Build();
    }
}
