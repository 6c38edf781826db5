using Recurrent.Formats.PyTorch.Checkpoint;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Elements of lists, tuples and dictionaries.</summary>
internal static class ScriptLists
{
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
