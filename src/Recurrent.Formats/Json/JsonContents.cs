using System.Text;
using System.Text.Json;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Json;

/// <summary>A JSON text, read in one pass without keeping its numbers. It is needed as long as its values are.</summary>
internal sealed class JsonContents
{
    // The deepest format, a Keras configuration, has a dozen levels, and four of them are weights.
    public const int MaxDepth = 64;

    private const int NodeBytes = 112;
    private const int PropertyBytes = 96;
    private const int PropertiesBytes = 192;
    private const int ArrayBytes = 128;

    private readonly ByteSource _source;

    private JsonContents(ByteSource source, MemoryBudget budget)
    {
        _source = source;
        Budget = budget;
    }

    /// <summary>What is asked for memory that the text only speaks of.</summary>
    public MemoryBudget Budget { get; }

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a text.</summary>
    /// <param name="source">Where it is, from the beginning to the end.</param>
    /// <param name="budget">What is asked for the memory of objects and texts; numbers have no part in it.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="ModelFormatException">It takes too much memory, or a property appears twice.</exception>
    public static JsonValue Read(ByteSource source, MemoryBudget budget)
    {
        var contents = new JsonContents(source, budget);
        JsonStream stream = contents.Open(contents.MarkBytes(), source.Length);
        stream.Read();
        JsonNode root = contents.ReadValue(ref stream, null, null, 0);

        // The reader throws at anything but white space behind the value.
        stream.Read();
        return new JsonValue(root);
    }

    /// <summary>Reads a text that is a part of a file's metadata.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="ModelFormatException">It takes too much memory, or a property appears twice.</exception>
    public static JsonValue Read(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Read(new MemorySource(bytes), new MemoryBudget(bytes.Length));
    }

    /// <summary>The same, where the rest of the file counts too.</summary>
    public static JsonValue Read(string text, MemoryBudget budget) =>
        Read(new MemorySource(Encoding.UTF8.GetBytes(text)), budget);

    /// <summary>The text without the mark that some editors write in front of it.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;

    /// <summary>The tokens of a part.</summary>
    public JsonStream Open(long begin, long end) => new(_source, begin, end, MaxDepth, Budget);

    /// <summary>Reads the values of an array.</summary>
    public JsonNode[] ReadItems(JsonNode array)
    {
        int count = array.Array!.Count;
        Budget.Take(sizeof(long) * (Int128)count, "an array");
        var items = new JsonNode[count];
        JsonStream stream = array.Open();
        stream.Read();
        for (int i = 0; i < count && stream.Read(); i++)
        {
            items[i] = ReadValue(ref stream, array, null, i);
        }

        return items;
    }

    /// <summary>The beginning of a part, as text.</summary>
    public string ReadRaw(long begin, long end, int longest)
    {
        var bytes = new byte[Math.Min(longest, end - begin)];
        _source.Read(begin, bytes);
        return Encoding.UTF8.GetString(bytes) + (bytes.Length < end - begin ? "…" : "");
    }

    private long MarkBytes()
    {
        var beginning = new byte[Math.Min(ByteOrderMark.Length, _source.Length)];
        _source.Read(0, beginning);
        return beginning.Length - WithoutMark(beginning).Length;
    }

    private JsonNode ReadValue(ref JsonStream stream, JsonNode? parent, string? name, int index)
    {
        Budget.Take(NodeBytes, "a value");
        var node = new JsonNode(this, parent, name, index) { Begin = stream.TokenBegin };
        switch (stream.Type)
        {
            case JsonTokenType.StartObject:
                node.Kind = JsonValueKind.Object;
                ReadProperties(ref stream, node);
                break;
            case JsonTokenType.StartArray:
                Budget.Take(ArrayBytes, "an array");
                node.Kind = JsonValueKind.Array;
                node.Array = JsonArray.Scan(ref stream);
                break;
            default:
                node.Kind = KindOf(stream.Type);
                break;
        }

        node.End = stream.TokenEnd;
        return node;
    }

    private void ReadProperties(ref JsonStream stream, JsonNode node)
    {
        var properties = new JsonProperties();
        Budget.Take(PropertiesBytes, "an object");
        while (stream.Read() && stream.Type == JsonTokenType.PropertyName)
        {
            string name = stream.GetString();
            Budget.Take(PropertyBytes, "a property");
            stream.Read();
            JsonNode value = ReadValue(ref stream, node, name, 0);
            if (!properties.TryAdd(name, value))
            {
                throw new ModelFormatException($"'{value.Path}' appears twice.");
            }
        }

        node.Properties = properties;
    }

    private static JsonValueKind KindOf(JsonTokenType type) => type switch
    {
        JsonTokenType.String => JsonValueKind.String,
        JsonTokenType.Number => JsonValueKind.Number,
        JsonTokenType.True => JsonValueKind.True,
        JsonTokenType.False => JsonValueKind.False,
        JsonTokenType.Null => JsonValueKind.Null,
        _ => JsonValueKind.Undefined,
    };
}
