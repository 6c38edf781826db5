using Recurrent.Formats.Onnx;
using Recurrent.Formats.PyTorch.Checkpoint;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>
/// A loop over the steps of a sequence. Its body is followed once, with all steps in the place of one: a value of a step is a
/// sequence whose dimension of steps is left out. What a pass hands to the next one has to be the state of a cell.
/// </summary>
/// <param name="count">How often it repeats.</param>
internal sealed class ScriptStepLoop(Extent count)
{
    // Tuples in tuples: states of several layers.
    private const int MaxDepth = 8;

    private readonly HashSet<object> _steps = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _made = new(ReferenceEqualityComparer.Instance);
    private readonly List<(ScriptCarried Carried, Value Next, Value Final)> _states = [];
    private readonly HashSet<ScriptList> _read = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, (ScriptList List, int Count)> _begun = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);
    private Axis? _time;

    /// <summary>What a variable has at the begin of a pass.</summary>
    public object? Carry(string name, object? value, int depth = 0)
    {
        switch (value)
        {
            case null or Value or long or double or bool or string or Extent:
                return new ScriptCarried(name, value);
            case object?[] tuple when depth < MaxDepth:
                return tuple.Select((item, i) => Carry($"{name}[{i}]", item, depth + 1)).ToArray();
            case ScriptList { Steps: null } list when depth < MaxDepth:
                ScriptList begun = list.Items.Count == 0 ? list : new ScriptList(list.Items.Select((item, i) => Carry($"{name}[{i}]", item, depth + 1)));
                _begun[name] = (begun, list.Items.Count);
                return begun;
            default:
                return value;
        }
    }

    /// <summary>Whether a value is one of a step.</summary>
    public bool IsStep(object? value) => value is not null && _steps.Contains(value);

    /// <summary>What a function returns that is called in the loop.</summary>
    public object? Apply(ScriptArguments arguments)
    {
        // A list of the file may be long, and given to as many functions.
        List<object?> parts = [];
        foreach (object? value in arguments.Values)
        {
            Gather(arguments, value, parts, 0);
        }

        // What is added to is not read: what it is then is asked behind the loop.
        bool isAdded = arguments.Function is "torch.append" or "torch.add_";
        parts.Skip(isAdded ? 1 : 0).ToList().ForEach(Read);
        bool readsStep = parts.Exists(IsStep);
        if (readsStep && parts.Exists(part => part is FlowValue or PendingFlow && !IsStep(part)))
        {
            throw arguments.Refuse("a step of a loop together with what is the same at every step is not supported; repeat it over the steps before the loop");
        }

        object? result = ScriptOperators.Apply(arguments);
        if (!parts.Exists(part => part is Value && ReferenceEquals(part, result)))
        {
            Mark(result, readsStep);
        }

        return result;
    }

    /// <summary>Says that the elements of a value are read.</summary>
    public void Read(object? value)
    {
        if (value is ScriptList list)
        {
            _read.Add(list);
        }
    }

    /// <summary>Refuses a change in place of what was there before the loop.</summary>
    public void RequireOwn(ScriptArguments arguments, object? target)
    {
        if (target is ScriptList { IsKept: true } || (target is Value && !_made.Contains(target)))
        {
            throw arguments.Refuse($"{ScriptText.Of(target)} is changed at every step of a loop; only lists can be, with 'append', and states of cells");
        }
    }

    /// <summary>A step of a sequence.</summary>
    /// <param name="arguments">The call that takes it.</param>
    /// <param name="value">The sequence.</param>
    /// <param name="axis">Its dimension of steps.</param>
    /// <param name="step">Which step.</param>
    /// <param name="isKept">Whether the dimension stays, of one element.</param>
    public FlowValue Select(ScriptArguments arguments, Value value, int axis, ScriptStep step, bool isKept)
    {
        FlowValue? flow = value as FlowValue ?? (value is PendingFlow ? PendingLayers.Find(arguments.Context("Gather", [value]), value) : null);
        bool fits = step.Offset == 0 && flow is { Kind: FlowKind.Sequence } && !IsStep(flow) && flow.Groups[axis] is [{ Whole: null } time]
            && count.IsLengthOf(time) && time.Assign(OnnxAxis.Time) && (_time is null || _time.Join(time));
        if (!fits)
        {
            throw arguments.Refuse($"expected the step of a sequence over whose {count} steps the loop goes, found element {step} of dimension {axis} of {value}");
        }

        _time ??= flow!.Groups[axis][0];
        FlowValue taken = flow!.With([.. flow.Groups.Where((_, i) => isKept || i != axis).Select((group, i) => isKept && i == axis ? [] : group)]);
        Mark(taken, isStep: true);
        return taken;
    }

    /// <summary>Values of a step as the sequence that they are of, with its steps in a dimension.</summary>
    /// <param name="value">The values.</param>
    /// <param name="axis">The dimension, which is a new one unless <paramref name="isKept"/>.</param>
    /// <param name="isKept">Whether the dimension is there, of one element.</param>
    public FlowValue Sequence(FlowValue value, int axis, bool isKept) => value.With(
    [
        .. value.Groups.Take(axis), [_time!], .. value.Groups.Skip(isKept ? axis + 1 : axis),
    ]);

    /// <summary>A sequence as values of a step.</summary>
    public FlowValue Step(FlowValue sequence, int axis, bool isKept)
    {
        FlowValue step = sequence.With([.. sequence.Groups.Take(axis), .. isKept ? [[]] : Array.Empty<Axis[]>(), .. sequence.Groups.Skip(axis + 1)]);
        Mark(step, isStep: true);
        return step;
    }

    /// <summary>The states that a layer starts from before the loop.</summary>
    public static Value?[] Initial(ScriptArguments arguments, Value[] states) =>
    [
        .. states.Select(state => state is ScriptCarried carried ? carried.Initial : throw arguments.Refuse(
            $"in a loop over steps a cell has to start from the state that it ended with at the step before, found {state}")),
    ];

    /// <summary>Says which state a layer hands to the next step.</summary>
    /// <param name="before">The state of the step before.</param>
    /// <param name="next">The value of this step.</param>
    /// <param name="final">The value behind the last step.</param>
    public void Keep(Value before, Value next, Value final)
    {
        _made.Add(next);
        _states.Add(((ScriptCarried)before, next, final));
    }

    /// <summary>What a variable has behind the loop.</summary>
    /// <param name="arguments">What refuses.</param>
    /// <param name="name">The variable.</param>
    /// <param name="value">What it has at the end of a pass.</param>
    /// <param name="depth">How deep in tuples it is.</param>
    public object? Behind(ScriptArguments arguments, string name, object? value, int depth = 0)
    {
        switch (value)
        {
            case ScriptCarried carried when carried.Name == name && !_states.Exists(state => ReferenceEquals(state.Carried, carried)):
                return carried.Before;
            case ScriptList { Items: { Count: > 0 } items } when depth < MaxDepth:
                if (_begun.TryGetValue(name, out (ScriptList List, int Count) begun) && begun.Count != items.Count && (begun.Count > 0 || _read.Contains(begun.List)))
                {
                    throw arguments.Refuse($"the list '{name}' becomes longer or shorter at every step; only 'append' to a list that is empty before the loop is understood");
                }

                return new ScriptList(items.Select((item, i) => Behind(arguments, $"{name}[{i}]", item, depth + 1)));
            case object?[] tuple when depth < MaxDepth:
                return tuple.Select((item, i) => Behind(arguments, $"{name}[{i}]", item, depth + 1)).ToArray();
        }

        if (_states.Exists(state => state.Carried.Name == name && !ReferenceEquals(state.Next, value)))
        {
            throw arguments.Refuse(
                $"'{name}' is the state of a cell and becomes {ScriptText.Of(value)} for the next step; expected the state that the cell ends with");
        }

        _closed.Add(name);
        return value switch
        {
            not null when _states.Find(state => ReferenceEquals(state.Next, value)) is { Final: { } final } => final,
            FlowValue flow when IsStep(flow) => new ScriptLastStep(Sequence(flow, 0, isKept: false)),
            _ when Any(value, part => part is ScriptCarried or ScriptStepState or ScriptStep || IsStep(part)) =>
                throw arguments.Refuse($"what '{name}' has behind the loop, {ScriptText.Of(value)}, is not understood"),
            _ => value,
        };
    }

    /// <summary>Refuses a loop of which no sequence is taken, or a state that is not handed on.</summary>
    public void Require(ScriptArguments arguments)
    {
        if (_time is null)
        {
            throw arguments.Script.RefuseFinally(arguments.Line, $"how often a loop repeats depends on what the model is given: {count}, and it takes no step of a sequence");
        }

        if (_states.Find(state => !_closed.Contains(state.Carried.Name)) is { Carried: { } other })
        {
            throw arguments.Refuse($"'{other.Name}' is the state of a cell, which a step has to hand to the next one");
        }
    }

    /// <summary>A list to which a step has added one element.</summary>
    /// <param name="arguments">What refuses.</param>
    /// <param name="list">The list.</param>
    /// <param name="before">How many elements it had before the loop.</param>
    public void Collect(ScriptArguments arguments, ScriptList list, int before)
    {
        if (list.Items.Count == before)
        {
            return;
        }

        if (_read.Contains(list))
        {
            throw arguments.Refuse("a list is read in the loop that adds to it at every step: what it has then depends on the step");
        }

        if (before != 0 || list.Items is not [FlowValue flow] || !IsStep(flow))
        {
            throw arguments.Refuse($"expected a list that is empty before the loop and gets one value at each step, found {ScriptText.Of(list)} behind the first");
        }

        list.Items.Clear();
        list.Steps = Sequence(flow, 0, isKept: false);
    }

    /// <summary>A value, and what is in it if it is a list or tuple.</summary>
    private static void Gather(ScriptArguments arguments, object? value, List<object?> parts, int depth)
    {
        parts.Add(value);
        foreach (object? part in depth < MaxDepth && ScriptLists.Items(value) is { } items ? items : [])
        {
            arguments.Script.Step(arguments.Line);
            Gather(arguments, part, parts, depth + 1);
        }
    }

    private void Mark(object? value, bool isStep, int depth = 0)
    {
        if (value is Value)
        {
            _made.Add(value);
            if (isStep && value is FlowValue or PendingFlow)
            {
                _steps.Add(value);
            }
        }

        foreach (object? part in depth < MaxDepth && ScriptLists.Items(value) is { } items ? items : [])
        {
            Mark(part, isStep, depth + 1);
        }
    }

    private static bool Any(object? value, Func<object?, bool> predicate, int depth = 0) => predicate(value)
        || (depth < MaxDepth && (ScriptLists.Items(value) ?? (value as PickleDictionary)?.Named.Select(item => item.Value).ToArray() ?? [])
            .Any(part => Any(part, predicate, depth + 1)));
}
