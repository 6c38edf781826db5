namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>A piece of the text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A name, a number, the contents of a text, or a sign.</param>
/// <param name="Line">Its line, from 1.</param>
internal readonly record struct ScriptToken(ScriptTokenKind Kind, string Text, int Line);
