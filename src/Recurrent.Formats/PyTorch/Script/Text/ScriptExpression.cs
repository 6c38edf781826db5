namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>A part of a statement that has a value.</summary>
/// <param name="Line">The line where it stands.</param>
internal abstract record ScriptExpression(int Line);

/// <summary>A number, a text, True, False or None.</summary>
internal sealed record ScriptLiteral(int Line, object? Value) : ScriptExpression(Line);

/// <summary>A name.</summary>
internal sealed record ScriptName(int Line, string Name) : ScriptExpression(Line);

/// <summary>What an object has under a name.</summary>
internal sealed record ScriptAttribute(int Line, ScriptExpression Target, string Name) : ScriptExpression(Line);

/// <summary>A call; arguments may have names.</summary>
internal sealed record ScriptCall(
    int Line, ScriptExpression Function, IReadOnlyList<ScriptArgument> Arguments) : ScriptExpression(Line);

/// <summary>An element of a list, a tuple or a dictionary.</summary>
internal sealed record ScriptIndex(int Line, ScriptExpression Target, ScriptExpression Index) : ScriptExpression(Line);

/// <summary>A list, or a tuple.</summary>
internal sealed record ScriptSequence(
    int Line, bool IsTuple, IReadOnlyList<ScriptExpression> Items) : ScriptExpression(Line);

/// <summary>A dictionary.</summary>
internal sealed record ScriptPairs(
    int Line, IReadOnlyList<(ScriptExpression Key, ScriptExpression Value)> Items) : ScriptExpression(Line);

/// <summary>An operator with its operands, under the name that TorchScript has for it as a function.</summary>
internal sealed record ScriptOperation(
    int Line, string Function, IReadOnlyList<ScriptExpression> Operands) : ScriptExpression(Line);

/// <summary>One of two values.</summary>
internal sealed record ScriptChoice(
    int Line, ScriptExpression Condition, ScriptExpression Yes, ScriptExpression No) : ScriptExpression(Line);
