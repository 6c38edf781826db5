using System.Text.Json;

namespace Recurrent.Formats;

/// <summary>A tensor as the header describes it; its bytes are <c>[Begin, End)</c> of the data.</summary>
internal readonly record struct SafetensorsEntry(
    string Name, TensorElementType ElementType, long[] Shape, long Begin, long End);

/// <summary>
/// The JSON header of a safetensors file: an object of one entry a tensor, and <c>__metadata__</c>, text by name.
/// Every value is checked against the format and the size of the data before anything is allocated for it.
/// </summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataName = "__metadata__";

    // Header, tensor and shape are nested three deep; whatever unknown fields hold has to get by with the rest.
    private const int MaxDepth = 16;

    private const int MaxAxes = 64;

    private SafetensorsHeader()
    {
    }

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SafetensorsEntry> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>Parses and checks a header.</summary>
    /// <param name="json">The header.</param>
    /// <param name="offset">Where it starts in the file, for messages.</param>
    /// <param name="dataBytes">Bytes of data behind it.</param>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long offset, long dataBytes)
    {
        var header = new SafetensorsHeader();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            header.ReadObject(ref reader, dataBytes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ModelFormatException)
        {
            // The reader reports text that is not UTF-8 as an InvalidOperationException.
            throw new ModelFormatException($"header, near byte {offset + reader.TokenStartIndex}: {e.Message}", e);
        }

        header.RequireGaplessData(dataBytes);
        return header;
    }

    private void ReadObject(ref Utf8JsonReader reader, long dataBytes)
    {
        Advance(ref reader, JsonTokenType.StartObject, "an object");
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (NextProperty(ref reader) is { } name)
        {
            if (!names.Add(name))
            {
                throw new ModelFormatException($"'{name}' appears twice.");
            }

            if (name == MetadataName)
            {
                ReadMetadata(ref reader);
            }
            else
            {
                Entries.Add(name, ReadEntry(ref reader, name, dataBytes));
            }
        }

        // The reader throws at anything but white space behind the object.
        reader.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Advance(ref reader, JsonTokenType.StartObject, $"an object as '{MetadataName}'");
        while (NextProperty(ref reader) is { } name)
        {
            Advance(ref reader, JsonTokenType.String, $"text as metadata '{name}'");
            if (!Metadata.TryAdd(name, reader.GetString()!))
            {
                throw new ModelFormatException($"metadata '{name}' appears twice.");
            }
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, long dataBytes)
    {
        TensorElementType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        Advance(ref reader, JsonTokenType.StartObject, $"an object as tensor '{name}'");
        while (NextProperty(ref reader) is { } field)
        {
            switch (field)
            {
                case "dtype" when type is null:
                    type = ReadElementType(ref reader, name);
                    break;
                case "shape" when shape is null:
                    shape = ReadSizes(ref reader, $"tensor '{name}': shape");
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadSizes(ref reader, $"tensor '{name}': data_offsets");
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw new ModelFormatException($"tensor '{name}': {field} appears twice.");
                default:
                    reader.Skip();
                    break;
            }
        }

        if (type is null || shape is null || offsets is not [long begin, long end])
        {
            throw new ModelFormatException($"tensor '{name}': expected dtype, shape and two data_offsets.");
        }

        var entry = new SafetensorsEntry(name, type.Value, shape, begin, end);
        RequireConsistent(entry, dataBytes);
        return entry;
    }

    private static TensorElementType ReadElementType(ref Utf8JsonReader reader, string name)
    {
        Advance(ref reader, JsonTokenType.String, $"text as dtype of tensor '{name}'");
        string text = reader.GetString()!;
        return TensorElementTypes.TryParse(text, out TensorElementType type)
            ? type
            : throw new ModelFormatException($"tensor '{name}': dtype '{text}' is not known.");
    }

    private static long[] ReadSizes(ref Utf8JsonReader reader, string what)
    {
        var sizes = new List<long>();
        Advance(ref reader, JsonTokenType.StartArray, $"an array as {what}");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long size) || size < 0)
            {
                throw new ModelFormatException($"{what}: expected integers from 0 to {long.MaxValue}.");
            }

            if (sizes.Count == MaxAxes)
            {
                throw new ModelFormatException($"{what}: expected at most {MaxAxes} integers.");
            }

            sizes.Add(size);
        }

        return [.. sizes];
    }

    private static void RequireConsistent(SafetensorsEntry entry, long dataBytes)
    {
        (string name, TensorElementType type, long[] shape, long begin, long end) = entry;
        if (begin > end || end > dataBytes)
        {
            throw new ModelFormatException(
                $"tensor '{name}': data_offsets [{begin}, {end}] are not inside the {dataBytes} bytes of data.");
        }

        Int128 bytes = type.SizeInBytes();
        foreach (long size in shape)
        {
            bytes *= size;
            if (bytes > long.MaxValue)
            {
                throw new ModelFormatException(
                    $"tensor '{name}': shape [{string.Join(", ", shape)}] is larger than any file.");
            }
        }

        if (bytes != end - begin)
        {
            throw new ModelFormatException(
                $"tensor '{name}': shape [{string.Join(", ", shape)}] of {type} needs {bytes} bytes, "
                + $"data_offsets [{begin}, {end}] hold {end - begin}.");
        }
    }

    /// <summary>The format has the data covered completely, each byte by one tensor.</summary>
    private void RequireGaplessData(long dataBytes)
    {
        long covered = 0;
        foreach (SafetensorsEntry entry in Entries.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != covered)
            {
                string what = entry.Begin < covered ? "overlaps the tensor before it" : "leaves a gap before it";
                throw new ModelFormatException(
                    $"tensor '{entry.Name}' {what}: expected its data at offset {covered}, found {entry.Begin}.");
            }

            covered = entry.End;
        }

        if (covered != dataBytes)
        {
            throw new ModelFormatException($"the tensors end at data offset {covered}, the data at {dataBytes}.");
        }
    }

    private static string? NextProperty(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;
    }

    private static void Advance(ref Utf8JsonReader reader, JsonTokenType expected, string what)
    {
        reader.Read();
        if (reader.TokenType != expected)
        {
            throw new ModelFormatException($"expected {what}, found {reader.TokenType}.");
        }
    }
}
