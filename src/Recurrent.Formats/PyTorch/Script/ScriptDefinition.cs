using Recurrent.Formats.PyTorch.Script.Text;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>A class, a method or a function: where it is written.</summary>
/// <param name="file">The file.</param>
/// <param name="name">Its name.</param>
/// <param name="position">Where its first line begins.</param>
/// <param name="line">The number of that line.</param>
internal sealed class ScriptDefinition(ScriptFile file, string name, int position, int line)
{
    public ScriptFile File => file;

    public string Name => name;

    public int Position => position;

    public int Line => line;

    /// <summary>The methods of a class.</summary>
    public Dictionary<string, ScriptDefinition> Methods { get; } = new(StringComparer.Ordinal);

    /// <summary>The fields of a class, in their order.</summary>
    public List<string> Fields { get; } = [];

    /// <summary>What it does, once it has been parsed.</summary>
    public ScriptFunction? Function { get; set; }

    /// <summary>Why it cannot be parsed; null before that was tried, and where it can.</summary>
    public string? Failure { get; set; }
}
