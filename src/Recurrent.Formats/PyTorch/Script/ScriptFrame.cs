namespace Recurrent.Formats.PyTorch.Script;

/// <summary>A call that is followed.</summary>
/// <param name="file">The file of its code.</param>
/// <param name="path">The module that it belongs to.</param>
internal sealed class ScriptFrame(string file, string path)
{
    public string File => file;

    public string Path => path;

    /// <summary>Whether the code is that of a module of PyTorch's.</summary>
    public bool IsOfPyTorch { get; } = file.StartsWith("code/__torch__/torch/", StringComparison.Ordinal);

    /// <summary>The line that is followed.</summary>
    public int Line { get; set; }

    public Dictionary<string, object?> Variables { get; } = new(StringComparer.Ordinal);

    public object? Result { get; set; }
}
