namespace Recurrent.Formats.PyTorch.Script;

/// <summary>A function of PyTorch's own that is called as a method of a value.</summary>
internal sealed record ScriptBound(object? Target, string Name);
