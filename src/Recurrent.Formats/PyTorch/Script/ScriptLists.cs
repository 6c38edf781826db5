using Recurrent.Formats.PyTorch.Checkpoint;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Elements of lists, tuples and dictionaries.</summary>
internal static class ScriptLists
{
    // Lists in lists of the code.
    private const int MaxDepth = 8;

    /// <summary>An element; not found if there is none, or if the value is no such thing.</summary>
    public static (bool IsFound, object? Value) Element(object? target, object? index)
    {
        if (target is PickleDictionary dictionary && index is string key)
        {
            return (dictionary.Named.Any(item => item.Key == key), dictionary.Find(key));
        }

        IReadOnlyList<object?>? items = Items(target);
        if (items is null || index is not long number)
        {
            return (false, null);
        }

        long counted = number < 0 ? number + items.Count : number;
        return counted >= 0 && counted < items.Count ? (true, items[(int)counted]) : (false, null);
    }

    /// <summary>The lists that a value is or has inside.</summary>
    /// <param name="value">The value.</param>
    /// <param name="visit">Called for each value that is looked at.</param>
    /// <param name="depth">How deep it is inside of another.</param>
    public static IEnumerable<ScriptList> In(object? value, Action visit, int depth = 0)
    {
        visit();
        IEnumerable<object?> parts = depth == MaxDepth ? [] : Items(value) ?? (value as PickleDictionary)?.Named.Select(item => item.Value) ?? [];
        IEnumerable<ScriptList> inside = parts.SelectMany(part => In(part, visit, depth + 1));
        return value is ScriptList list ? inside.Prepend(list) : inside;
    }

    /// <summary>The elements of a list or tuple, its fields named or not; null for anything else.</summary>
    public static IReadOnlyList<object?>? Items(object? value) => value switch
    {
        ScriptList list => list.Steps is null ? list.Items : null,
        object?[] tuple => tuple,
        ScriptObject { Saved: null, Definition: { } type } named =>
            [.. type.Fields.Select(field => named.Attributes.GetValueOrDefault(field))],
        _ => null,
    };
}
