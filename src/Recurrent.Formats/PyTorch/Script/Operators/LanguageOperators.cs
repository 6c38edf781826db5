using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Functions of the language: conditions, lists, types.</summary>
internal static class LanguageOperators
{
    public static IReadOnlyDictionary<string, Func<ScriptArguments, object?>> All { get; } =
        new Dictionary<string, Func<ScriptArguments, object?>>(StringComparer.Ordinal)
        {
            ["torch.__not__"] = arguments => Condition(arguments, 0) is { } known ? !known : Undecided(arguments),
            ["torch.__and__"] = arguments => Both(arguments, decides: false),
            ["torch.__or__"] = arguments => Both(arguments, decides: true),
            ["torch.__is__"] = Is,
            ["torch.__isnot__"] = arguments => Is(arguments) is bool known ? !known : Undecided(arguments),
            ["torch.__contains__"] = Contains,
            ["torch.eq"] = Equal,
            ["torch.ne"] = arguments => Equal(arguments) is bool known ? !known : Undecided(arguments),
            ["torch.len"] = Length,
            ["len"] = Length,
            ["torch.append"] = Append,
            ["torch.list"] = arguments => new ScriptList(Items(arguments, 0)),
            ["torch.__getitem__"] = arguments => ScriptShapes.Step(arguments, arguments.Get(0, "list"), arguments.Get(1, "idx")) is { } step ? step : ScriptLists.Element(arguments.Get(0, "list"), arguments.Get(1, "idx")) is { IsFound: true, Value: var value }
                ? value
                : throw arguments.Refuse("there is no such element"),
            ["torch.format"] = _ => "",
            ["torch.percentFormat"] = _ => "",
            ["str"] = _ => "",
            ["torch.str"] = _ => "",
            ["torch.warn"] = _ => null,
            ["print"] = _ => null,
            ["range"] = Range,
            ["isinstance"] = arguments => arguments.Get(0, "") is Value && arguments.Get(1, "") is ScriptBuiltin { Name: "Tensor" } ? true
                : new ScriptUndecided($"of which type {ScriptText.Of(arguments.Get(0, ""))} is"),
            ["annotate"] = arguments => arguments.Get(1, "value"),
            ["unchecked_cast"] = arguments => arguments.Get(1, "value"),
            ["prim.unchecked_cast"] = arguments => arguments.Get(1, "value"),
            ["prim.unchecked_unwrap_optional"] = arguments => arguments.Get(0, "value"),
            ["torch._unwrap_optional"] = arguments => arguments.Get(0, "value"),
            ["unwrap_optional"] = arguments => arguments.Get(0, "value"),
            ["uninitialized"] = _ => new ScriptOpaque("a value that is not set"),
            ["prim.dtype"] = _ => new ScriptOpaque("a type of elements"),
            ["prim.device"] = _ => new ScriptOpaque("a device"),
            ["prim.type"] = _ => "cpu",
            ["prim.layout"] = _ => new ScriptOpaque("a layout"),
            ["torch.device"] = _ => new ScriptOpaque("a device"),
            ["prim.is_cuda"] = _ => false,
            ["prim.is_quantized"] = _ => false,
            ["prim.requires_grad"] = _ => false,
            ["prim.is_nested"] = _ => false,
            ["torch.is_grad_enabled"] = _ => false,
            ["torch.is_autocast_enabled"] = _ => false,
            ["torch.is_floating_point"] = _ => true,
            ["torch.is_scripting"] = _ => true,
            ["torch._assert"] = _ => null,
            ["prim.RaiseException"] = Raise,
        };

    /// <summary>A condition that is not known.</summary>
    public static ScriptUndecided Undecided(ScriptArguments arguments) => arguments.Get(0, "") as ScriptUndecided
        ?? new ScriptUndecided($"{arguments.Function} of {ScriptText.Of(arguments.Get(0, ""))} and {ScriptText.Of(arguments.Get(1, ""))}");

    private static object? Raise(ScriptArguments arguments)
    {
        arguments.Script.Sizes.Raise();
        throw arguments.Refuse("the code raises an exception here");
    }

    private static bool? Condition(ScriptArguments arguments, int index) => arguments.Get(index, "") switch
    {
        bool known => known,
        long number => number != 0,
        ScriptUndecided => null,
        var other when ScriptArguments.Number(other) is { } number => number.Known is { } known ? known != 0 : null,
        var other => throw arguments.Refuse($"expected a condition, found {ScriptText.Of(other)}"),
    };

    private static object Both(ScriptArguments arguments, bool decides)
    {
        bool? left = Condition(arguments, 0);
        bool? right = Condition(arguments, 1);
        return left == decides || right == decides ? decides
            : left is null || right is null ? Undecided(arguments)
            : !decides;
    }

    private static object Is(ScriptArguments arguments)
    {
        object? left = arguments.Get(0, "");
        object? right = arguments.Get(1, "");
        if ((left ?? right) is ScriptCarried { Before: null } && !arguments.Script.IsInPyTorch)
        {
            // None at the first step alone. PyTorch's own modules make zeros of it, from which a layer starts anyway.
            return Undecided(arguments);
        }

        if (left is null || right is null)
        {
            return left is null && right is null;
        }

        return left is ScriptUndecided || right is ScriptUndecided ? Undecided(arguments) : (object)left.Equals(right);
    }

    private static object Equal(ScriptArguments arguments)
    {
        object? left = arguments.Get(0, "");
        object? right = arguments.Get(1, "");
        if (left is long a && right is long b)
        {
            arguments.Script.Sizes.Compare(a, b);
        }

        return AreEqual(left, right) ?? (object)Undecided(arguments);
    }

    private static bool? AreEqual(object? left, object? right)
    {
        if (ScriptLists.Items(left) is { } first && ScriptLists.Items(right) is { } second)
        {
            bool?[] same = [.. first.Zip(second).Select(pair => AreEqual(pair.First, pair.Second))];
            return first.Count != second.Count || same.Contains(false) ? false : same.Contains(null) ? null : true;
        }

        if (left is double || right is double)
        {
            return left is double or long && right is double or long ? Convert.ToDouble(left, null).Equals(Convert.ToDouble(right, null)) : null;
        }

        if (ScriptArguments.Number(left) is { } a && ScriptArguments.Number(right) is { } b)
        {
            return a.IsEqualTo(b);
        }

        // Devices and types of elements: all that is not said is the same.
        return left is ScriptOpaque || right is ScriptOpaque ? true
            : left is Value || right is Value || left is ScriptUndecided || right is ScriptUndecided ? null
            : Equals(left, right);
    }

    private static object Contains(ScriptArguments arguments)
    {
        bool?[] same = [.. Items(arguments, 0).Select(item => AreEqual(item, arguments.Get(1, "")))];
        return same.Contains(true) ? true : same.Contains(null) ? Undecided(arguments) : false;
    }

    private static IReadOnlyList<object?> Items(ScriptArguments arguments, int index) => ScriptLists.Items(arguments.Get(index, ""))
        ?? throw arguments.Refuse($"expected a list, found {ScriptText.Of(arguments.Get(index, ""))}");

    private static object Length(ScriptArguments arguments) => arguments.Get(0, "") switch
    {
        string text => (long)text.Length,
        ScriptUnbound steps => ScriptArguments.Boxed(arguments.Shape(steps.Flow)[steps.Axis]),
        ScriptList { Steps: { } steps } => ScriptArguments.Boxed(arguments.Shape(steps)[0]),
        Value tensor => ScriptArguments.Boxed(arguments.Shape(tensor) is [var first, ..]
            ? first
            : throw arguments.Refuse($"expected a list, found {tensor}")),
        _ => (long)Items(arguments, 0).Count,
    };

    private static ScriptList Append(ScriptArguments arguments)
    {
        ScriptList list = arguments.Get(0, "") is ScriptList { Steps: null } found ? found
            : throw arguments.Refuse($"expected a list, found {ScriptText.Of(arguments.Get(0, ""))}");
        arguments.Script.StepLoop?.RequireOwn(arguments, list);
        list.Items.Add(arguments.Get(1, ""));
        return list;
    }

    private static object? Range(ScriptArguments arguments)
    {
        Extent[] bounds = [.. Enumerable.Range(0, arguments.Count).Select(i => ScriptArguments.Number(arguments.Get(i, ""))
            ?? throw arguments.Refuse($"expected numbers, found {ScriptText.Of(arguments.Get(i, ""))}"))];
        if (bounds is [{ Known: null }] or [{ Known: 0 }, { Known: null }])
        {
            return new ScriptStepCount(bounds[^1]);
        }

        if (bounds.FirstOrDefault(bound => bound.Known is null) is { Known: null } open && bounds.Length > 0)
        {
            return new ScriptUndecided($"the numbers up to {open}");
        }

        long[] known = [.. bounds.Select(bound => bound.Known!.Value)];
        (long first, long end, long step) = known switch
        {
            [var only] => (0, only, 1),
            [var begin, var last] => (begin, last, 1),
            [var begin, var last, var by and not 0] => (begin, last, by),
            _ => throw arguments.Refuse("expected one to three numbers, and no step of 0"),
        };
        var items = new List<object?>();
        for (Int128 at = first; step > 0 ? at < end : at > end; at += step)
        {
            arguments.Script.Graph.Require(1);
            items.Add((long)at);
        }

        return new ScriptList(items);
    }
}
