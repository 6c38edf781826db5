namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>A statement.</summary>
/// <param name="Line">The line where it begins.</param>
internal abstract record ScriptStatement(int Line);

/// <summary>Names, or attributes of objects, that get a value; none for a call alone.</summary>
internal sealed record ScriptAssignment(
    int Line, IReadOnlyList<ScriptExpression> Targets, bool IsUnpacked, ScriptExpression Value) : ScriptStatement(Line);

/// <summary>A branch.</summary>
internal sealed record ScriptBranch(
    int Line, ScriptExpression Condition, IReadOnlyList<ScriptStatement> Yes, IReadOnlyList<ScriptStatement> No)
    : ScriptStatement(Line);

/// <summary>A loop over the elements of something.</summary>
internal sealed record ScriptLoop(
    int Line, string Name, ScriptExpression Values, IReadOnlyList<ScriptStatement> Body) : ScriptStatement(Line);

/// <summary>What a function returns.</summary>
internal sealed record ScriptReturn(int Line, ScriptExpression? Value) : ScriptStatement(Line);

/// <summary>An exception, or a condition that has to be met.</summary>
internal sealed record ScriptRaise(int Line, ScriptExpression? Condition) : ScriptStatement(Line);

/// <summary>A statement that is not followed: a loop without a known number of passes.</summary>
internal sealed record ScriptUnknown(int Line, string What) : ScriptStatement(Line);
