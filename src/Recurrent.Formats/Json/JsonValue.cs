using System.Text.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Json;

/// <summary>A value of a JSON document that knows where it is, so that a refusal can say so.</summary>
internal readonly struct JsonValue(JsonElement element, string path)
{
    public JsonElement Element { get; } = element;

    /// <summary>Where it is, as in <c>layers[2].weights</c>; empty for the whole document.</summary>
    public string Path { get; } = path;

    public bool IsObject => Element.ValueKind == JsonValueKind.Object;

    public bool IsArray => Element.ValueKind == JsonValueKind.Array;

    public bool IsText => Element.ValueKind == JsonValueKind.String;

    public bool IsNumber => Element.ValueKind == JsonValueKind.Number;

    public bool IsNull => Element.ValueKind == JsonValueKind.Null;

    private string Place => Path.Length == 0 ? "the document" : $"'{Path}'";

    /// <summary>A property that has to be there.</summary>
    public JsonValue this[string name] => Find(name)
        ?? throw new ModelFormatException($"{Place} has no '{name}'.");

    /// <summary>A property, or null if there is none or it is null.</summary>
    public JsonValue? Find(string name)
    {
        RequireKind(JsonValueKind.Object, "an object");
        return Element.TryGetProperty(name, out JsonElement found) && found.ValueKind != JsonValueKind.Null
            ? new JsonValue(found, Path.Length == 0 ? name : $"{Path}.{name}")
            : null;
    }

    public IEnumerable<(string Name, JsonValue Value)> Properties()
    {
        RequireKind(JsonValueKind.Object, "an object");
        string prefix = Path.Length == 0 ? "" : Path + ".";
        return Element.EnumerateObject().Select(
            property => (property.Name, new JsonValue(property.Value, prefix + property.Name)));
    }

    public IReadOnlyList<JsonValue> Items(int atMost = LayerListBuilder.MaxLayers)
    {
        RequireKind(JsonValueKind.Array, "an array");
        if (Element.GetArrayLength() > atMost)
        {
            throw new ModelFormatException(
                $"{Place}: expected at most {atMost} values, found {Element.GetArrayLength()}.");
        }

        string place = Path;
        return [.. Element.EnumerateArray().Select((item, i) => new JsonValue(item, $"{place}[{i}]"))];
    }

    public string Text()
    {
        RequireKind(JsonValueKind.String, "text");
        return Element.GetString()!;
    }

    public bool Flag() => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Unexpected("true or false"),
    };

    public int Integer(int minimum, int maximum) =>
        IsNumber && Element.TryGetInt32(out int value) && value >= minimum && value <= maximum
            ? value
            : throw Unexpected($"a whole number from {minimum} to {maximum}");

    /// <summary>A number of features or units.</summary>
    public int Size() => Integer(1, LayerSpecification.MaxSize);

    public double Number() =>
        IsNumber && Element.TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : throw Unexpected("a number");

    public float Single() =>
        IsNumber && Element.TryGetSingle(out float value) && float.IsFinite(value)
            ? value
            : throw Unexpected("a number within the range of float");

    public ModelFormatException Unexpected(string expected)
    {
        string found = Element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"an array of {Element.GetArrayLength()}",
            _ => Shorten(Element.GetRawText()),
        };
        return new ModelFormatException($"{Place}: expected {expected}, found {found}.");
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private void RequireKind(JsonValueKind kind, string expected)
    {
        if (Element.ValueKind != kind)
        {
            throw Unexpected(expected);
        }
    }
}
