namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>A Python dictionary: keys of any kind, in the order in which they came.</summary>
internal sealed class PickleDictionary
{
    private readonly List<KeyValuePair<object?, object?>> _items = [];
    private Dictionary<string, object?>? _named;

    /// <summary>The items whose keys are text; of a key that came twice the last value.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Named =>
        _items.Where(item => item.Key is string)
            .GroupBy(item => (string)item.Key!, StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create(group.Key, group.Last().Value));

    /// <summary>
    /// Whether there is a tensor under a name. It is known without a search: a file can refer to the same dictionary as
    /// often as it likes.
    /// </summary>
    public bool HoldsTensors { get; private set; }

    public void Add(object? key, object? value)
    {
        _items.Add(KeyValuePair.Create(key, value));
        _named = null;
        HoldsTensors |= key is string && value is TorchTensor;
    }

    /// <summary>A value by its name; null if there is none.</summary>
    public object? Find(string name)
    {
        _named ??= new Dictionary<string, object?>(Named, StringComparer.Ordinal);
        return _named.GetValueOrDefault(name);
    }
}
