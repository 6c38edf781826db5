namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>A function or method: its parameters and statements.</summary>
/// <param name="Parameters">The names of its parameters, with what they are if nothing is given.</param>
/// <param name="Body">Its statements.</param>
internal sealed record ScriptFunction(
    IReadOnlyList<ScriptParameter> Parameters, IReadOnlyList<ScriptStatement> Body);

/// <summary>A parameter of a function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as text; empty if there is none.</param>
/// <param name="Default">What it is if nothing is given; null if something has to be.</param>
internal sealed record ScriptParameter(string Name, string Type, ScriptExpression? Default);
