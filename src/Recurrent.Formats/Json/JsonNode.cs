using System.Text.Json;

namespace Recurrent.Formats.Json;

/// <summary>
/// A value of a JSON text: where it is, and of an object its properties. Texts, numbers and the values of arrays stay in
/// the file until somebody asks for them.
/// </summary>
internal sealed class JsonNode(JsonContents contents, JsonNode? parent, string? name, int index)
{
    private const int LongestName = 60;

    private JsonNode[]? _items;

    public JsonContents Contents => contents;

    public JsonValueKind Kind { get; set; }

    /// <summary>Where its text begins in the source.</summary>
    public long Begin { get; set; }

    /// <summary>Where its text ends in the source.</summary>
    public long End { get; set; }

    /// <summary>The properties of an object; none for anything else.</summary>
    public JsonProperties Properties { get; set; } = JsonProperties.None;

    /// <summary>What is known of an array; null for anything else.</summary>
    public JsonArray? Array { get; set; }

    /// <summary>Where it is, as in <c>layers[2].weights</c>; empty for the whole document.</summary>
    public string Path => parent is null
        ? ""
        : name is null ? $"{parent.Path}[{index}]" : parent.Path is { Length: > 0 } path ? $"{path}.{Short}" : Short;

    private string Short => name!.Length <= LongestName ? name : name[..LongestName] + "…";

    /// <summary>The values of an array, each without its own.</summary>
    public IReadOnlyList<JsonNode> Items() => _items ??= contents.ReadItems(this);

    /// <summary>Its tokens.</summary>
    public JsonStream Open() => contents.Open(Begin, End);
}
