namespace Recurrent.Formats.PyTorch.Script;

/// <summary>A file of code.</summary>
/// <param name="Name">Its name in the archive.</param>
/// <param name="Text">Its text.</param>
internal sealed record ScriptFile(string Name, string Text)
{
    /// <summary>Its classes and functions by name.</summary>
    public Dictionary<string, ScriptDefinition> Definitions { get; } = new(StringComparer.Ordinal);
}
