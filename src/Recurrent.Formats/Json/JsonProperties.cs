using System.Diagnostics.CodeAnalysis;

namespace Recurrent.Formats.Json;

/// <summary>The properties of an object, by name and in the order of the file.</summary>
internal sealed class JsonProperties
{
    private readonly List<KeyValuePair<string, JsonNode>> _inOrder = [];
    private readonly Dictionary<string, JsonNode> _byName = new(StringComparer.Ordinal);

    /// <summary>No properties: what anything but an object has.</summary>
    public static JsonProperties None { get; } = new();

    /// <summary>All, in the order of the file.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonNode>> InOrder => _inOrder;

    /// <summary>Adds a property behind the others.</summary>
    /// <returns>False if there is one of this name: it stays.</returns>
    public bool TryAdd(string name, JsonNode value)
    {
        if (!_byName.TryAdd(name, value))
        {
            return false;
        }

        _inOrder.Add(new(name, value));
        return true;
    }

    /// <summary>Finds a property.</summary>
    public bool TryGetValue(string name, [MaybeNullWhen(false)] out JsonNode value) => _byName.TryGetValue(name, out value);
}
