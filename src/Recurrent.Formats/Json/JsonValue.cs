using System.Text.Json;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.Json;

/// <summary>A value of a JSON document that knows where it is, so that a refusal can say so.</summary>
internal readonly struct JsonValue(JsonNode node)
{
    private const int LongestRaw = 40;

    public JsonNode Node => node;

    public JsonValueKind Kind => node.Kind;

    /// <summary>What is asked for memory that the document only speaks of.</summary>
    public MemoryBudget Budget => node.Contents.Budget;

    /// <summary>Where it is, as in <c>layers[2].weights</c>; empty for the whole document.</summary>
    public string Path => node.Path;

    public bool IsObject => Kind == JsonValueKind.Object;

    public bool IsArray => Kind == JsonValueKind.Array;

    public bool IsText => Kind == JsonValueKind.String;

    public bool IsNumber => Kind == JsonValueKind.Number;

    public bool IsNull => Kind == JsonValueKind.Null;

    private string Place => Path is { Length: > 0 } path ? $"'{path}'" : "the document";

    /// <summary>A property that has to be there.</summary>
    public JsonValue this[string name] => Find(name)
        ?? throw new ModelFormatException($"{Place} has no '{name}'.");

    /// <summary>A property, or null if there is none or it is null.</summary>
    public JsonValue? Find(string name)
    {
        RequireKind(JsonValueKind.Object, "an object");
        return node.Properties.TryGetValue(name, out JsonNode? found) && found.Kind != JsonValueKind.Null
            ? new JsonValue(found)
            : null;
    }

    public IEnumerable<(string Name, JsonValue Value)> Properties()
    {
        RequireKind(JsonValueKind.Object, "an object");
        return node.Properties.InOrder.Select(property => (property.Key, new JsonValue(property.Value)));
    }

    public IReadOnlyList<JsonValue> Items(int atMost = LayerListBuilder.MaxLayers)
    {
        RequireKind(JsonValueKind.Array, "an array");
        return node.Array!.Count <= atMost
            ? [.. node.Items().Select(item => new JsonValue(item))]
            : throw new ModelFormatException($"{Place}: expected at most {atMost} values, found {node.Array.Count}.");
    }

    public string Text()
    {
        RequireKind(JsonValueKind.String, "text");
        JsonStream stream = node.Open();
        stream.Read();
        return stream.GetString();
    }

    public bool Flag() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Unexpected("true or false"),
    };

    public int Integer(int minimum, int maximum) =>
        IsNumber && Open().TryGetInt32(out int value) && value >= minimum && value <= maximum
            ? value
            : throw Unexpected($"a whole number from {minimum} to {maximum}");

    /// <summary>A number of features or units.</summary>
    public int Size() => Integer(1, LayerSpecification.MaxSize);

    public double Number() =>
        IsNumber && Open().TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : throw Unexpected("a number");

    public float Single() =>
        IsNumber && Open().TryGetSingle(out float value) && float.IsFinite(value)
            ? value
            : throw Unexpected("a number within the range of float");

    /// <summary>Its text as it is in the file, not longer than a number is.</summary>
    public string Raw() => node.Contents.ReadRaw(node.Begin, node.End, LongestRaw);

    public ModelFormatException Unexpected(string expected)
    {
        string found = Kind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"an array of {node.Array!.Count}",
            _ => Raw(),
        };
        return new ModelFormatException($"{Place}: expected {expected}, found {found}.");
    }

    private JsonStream Open()
    {
        JsonStream stream = node.Open();
        stream.Read();
        return stream;
    }

    private void RequireKind(JsonValueKind kind, string expected)
    {
        if (Kind != kind)
        {
            throw Unexpected(expected);
        }
    }
}
