using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>The numbers from 0 up to one that is open: a loop over them may be one over the steps of a sequence.</summary>
internal sealed record ScriptStepCount(Extent Count)
{
    public override string ToString() => $"the numbers up to {Count}";
}

/// <summary>The number of the step that a loop over steps is at, and how many more.</summary>
internal sealed record ScriptStep(long Offset)
{
    public override string ToString() => Offset == 0 ? "the number of a step" : $"the number of a step and {Offset}";
}

/// <summary>The steps of a sequence as a list of open length.</summary>
/// <param name="Flow">The sequence.</param>
/// <param name="Axis">Its dimension of steps.</param>
/// <param name="IsKept">Whether that dimension stays, of one element.</param>
internal sealed record ScriptUnbound(Value Flow, int Axis, bool IsKept)
{
    /// <summary>What to do about a loop that a trace has written out.</summary>
    public const string OfTraces = "A trace of a loop over steps has each step by itself: script such a loop (torch.jit.script)";

    public override string ToString() => $"the steps of {Flow}";
}

/// <summary>
/// What a variable has at the begin of a pass through a loop: what the pass before has left. Only the state of a layer can be that.
/// </summary>
/// <param name="name">The variable.</param>
/// <param name="before">What it has before the loop.</param>
internal sealed class ScriptCarried(string name, object? before) : Value
{
    public string Name => name;

    /// <summary>What the variable has before the loop.</summary>
    public object? Before => before;

    /// <summary>The tensor that it has before the loop; null for None.</summary>
    public Value? Initial => before as Value;

    public override string ToString() => $"'{name}', which a step hands to the next one";
}

/// <summary>A state of a layer behind a step of a loop.</summary>
/// <param name="what">What it is.</param>
internal sealed class ScriptStepState(string what) : Value
{
    public override string ToString() => what;
}

/// <summary>What a variable has behind a loop over steps: the value of the last one.</summary>
/// <param name="Sequence">The values of all steps, which are the first dimension.</param>
internal sealed record ScriptLastStep(FlowValue Sequence);
