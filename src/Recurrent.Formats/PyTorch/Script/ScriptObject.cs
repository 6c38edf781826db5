using Recurrent.Formats.PyTorch.Checkpoint;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>An object of a class of the archive: a module, or a tuple with named fields.</summary>
/// <param name="path">Its name from the root; empty for the root.</param>
/// <param name="type">The whole name of its class.</param>
/// <param name="definition">Its class; null if the code does not have it.</param>
internal sealed class ScriptObject(string path, string type, ScriptDefinition? definition)
{
    public string Path => path;

    public string Type => type;

    public ScriptDefinition? Definition => definition;

    /// <summary>What it has under a name: what the file says, or what the code has set since.</summary>
    public Dictionary<string, object?> Attributes { get; } = new(StringComparer.Ordinal);

    /// <summary>What the file says of it; null for one that the code makes.</summary>
    public PickleDictionary? Saved { get; init; }

    public override string ToString() => $"'{path}' of class {type}";
}
