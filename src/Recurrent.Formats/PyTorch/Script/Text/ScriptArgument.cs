namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>An argument of a call.</summary>
/// <param name="Name">Its name; null if its place says what it is.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct ScriptArgument(string? Name, ScriptExpression Value);
