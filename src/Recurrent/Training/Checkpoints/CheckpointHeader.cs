using System.Buffers;
using System.Text.Json;

namespace Recurrent.Training;

/// <summary>What the header says of a tensor, whose bytes are <c>[Begin, End)</c> of the data.</summary>
internal sealed record CheckpointEntry(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End);

/// <summary>The JSON header of safetensors: texts, and where the tensors are.</summary>
internal sealed record CheckpointHeader(
    IReadOnlyDictionary<string, string> Texts, IReadOnlyList<CheckpointEntry> Entries)
{
    /// <summary>The longest one that is read, in bytes.</summary>
    public const int MaxBytes = 1 << 24;

    /// <summary>The name of the texts, which no tensor can have.</summary>
    public const string TextsName = "__metadata__";

    private const int Alignment = 8;

    /// <summary>The bytes of a header, filled up so that the data behind them is aligned.</summary>
    /// <param name="before">Bytes of the file before the header.</param>
    public ReadOnlyMemory<byte> Format(int before)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(TextsName);
            foreach ((string name, string text) in Texts)
            {
                json.WriteString(name, text);
            }

            json.WriteEndObject();
            foreach (CheckpointEntry entry in Entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", entry.Type);
                WriteNumbers(json, "shape", entry.Shape);
                WriteNumbers(json, "data_offsets", [entry.Begin, entry.End]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        int padding = -(before + buffer.WrittenCount) & (Alignment - 1);
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenMemory;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="dataBytes">Bytes of the data behind it.</param>
    /// <exception cref="FormatException">It is not one, or contradicts itself or the size of the data.</exception>
    public static CheckpointHeader Parse(ReadOnlyMemory<byte> json, long dataBytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            Dictionary<string, string> texts = new(StringComparer.Ordinal);
            List<CheckpointEntry> entries = [];
            HashSet<string> names = new(StringComparer.Ordinal);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                {
                    throw new FormatException($"{property.Name} is there twice.");
                }

                if (property.NameEquals(TextsName))
                {
                    ReadTexts(property.Value, texts);
                }
                else
                {
                    entries.Add(ReadEntry(property, dataBytes));
                }
            }

            return new CheckpointHeader(texts, entries);
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException
                or IndexOutOfRangeException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void ReadTexts(JsonElement element, Dictionary<string, string> texts)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            texts.Add(property.Name, property.Value.GetString() ?? string.Empty);
        }
    }

    private static CheckpointEntry ReadEntry(JsonProperty property, long dataBytes)
    {
        string type = property.Value.GetProperty("dtype").GetString() ?? string.Empty;
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        JsonElement offsets = property.Value.GetProperty("data_offsets");
        long begin = offsets[0].GetInt64();
        long end = offsets[1].GetInt64();
        Int128 expected = CheckpointTensor.SizeOf(type);
        foreach (long size in shape)
        {
            // Within the file, so that the product cannot grow without bound; below 0 it stays.
            expected = size < 0 || expected < 0 || expected > dataBytes ? -1 : expected * size;
        }

        return begin >= 0 && begin <= end && end <= dataBytes && end - begin == expected && CheckpointTensor.SizeOf(type) > 0
            ? new CheckpointEntry(property.Name, type, shape, begin, end)
            : throw new FormatException(
                $"{property.Name}: expected {expected} bytes of F32, F64 or I64 within the {dataBytes} bytes of data, found "
                + $"{type} at {begin} to {end}.");
    }
}
