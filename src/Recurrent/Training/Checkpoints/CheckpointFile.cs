using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Recurrent.Training;

/// <summary>
/// The layout of safetensors: the length of a JSON header in 8 bytes, the header, the tensors. Little-endian.
/// </summary>
internal static class CheckpointFile
{
    private const int LengthBytes = sizeof(ulong);
    private const int MaxHeaderBytes = 1 << 24;
    private const int Alignment = 8;
    private const string MetadataName = "__metadata__";

    public static void Write(
        string path, IReadOnlyDictionary<string, string> texts, IReadOnlyDictionary<string, CheckpointTensor> tensors)
    {
        // Widest first, as safetensors itself does, so that every tensor is aligned.
        KeyValuePair<string, CheckpointTensor>[] ordered =
        [
            .. tensors.OrderByDescending(tensor => CheckpointTensor.SizeOf(tensor.Value.Type))
                .ThenBy(tensor => tensor.Key, StringComparer.Ordinal),
        ];
        ReadOnlyMemory<byte> header = Header(texts, ordered);
        string partial = path + ".partial";
        using (FileStream stream = new(partial, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            Span<byte> length = stackalloc byte[LengthBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header.Span);
            foreach ((_, CheckpointTensor tensor) in ordered)
            {
                stream.Write(tensor.Bytes.Span);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(partial, path, overwrite: true);
    }

    public static void Read(
        string path, out Dictionary<string, string> texts, out Dictionary<string, CheckpointTensor> tensors)
    {
        byte[] bytes = File.ReadAllBytes(path);
        ulong length = bytes.Length < LengthBytes ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length is 0 or > MaxHeaderBytes || length > (ulong)(bytes.Length - LengthBytes))
        {
            throw new InvalidDataException(
                $"{path}: expected a header of 1 to {MaxHeaderBytes} bytes within the file, found {length} of "
                + $"{bytes.Length} bytes.");
        }

        int dataBegin = LengthBytes + (int)length;
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                bytes.AsMemory(LengthBytes, (int)length), new JsonDocumentOptions { MaxDepth = 8 });
            texts = new Dictionary<string, string>(StringComparer.Ordinal);
            tensors = new Dictionary<string, CheckpointTensor>(StringComparer.Ordinal);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataName))
                {
                    ReadTexts(property.Value, texts);
                }
                else
                {
                    tensors.Add(property.Name, ReadTensor(property, bytes.AsMemory(dataBegin)));
                }
            }
        }
        catch (Exception exception)
            when (exception is JsonException or FormatException or InvalidOperationException
                or KeyNotFoundException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: the header is damaged: {exception.Message}", exception);
        }
    }

    private static ReadOnlyMemory<byte> Header(
        IReadOnlyDictionary<string, string> texts, KeyValuePair<string, CheckpointTensor>[] tensors)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataName);
            foreach ((string name, string text) in texts)
            {
                json.WriteString(name, text);
            }

            json.WriteEndObject();
            long offset = 0;
            foreach ((string name, CheckpointTensor tensor) in tensors)
            {
                WriteTensor(json, name, tensor, offset);
                offset += tensor.Bytes.Length;
            }

            json.WriteEndObject();
        }

        int padding = -(LengthBytes + buffer.WrittenCount) & (Alignment - 1);
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenMemory;
    }

    private static void WriteTensor(Utf8JsonWriter json, string name, CheckpointTensor tensor, long offset)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", tensor.Type);
        json.WriteStartArray("shape");
        foreach (long size in tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + tensor.Bytes.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void ReadTexts(JsonElement element, Dictionary<string, string> texts)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            texts.Add(property.Name, property.Value.GetString() ?? string.Empty);
        }
    }

    private static CheckpointTensor ReadTensor(JsonProperty property, ReadOnlyMemory<byte> data)
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
            expected = size < 0 || expected < 0 || expected > data.Length ? -1 : expected * size;
        }

        return begin >= 0 && begin <= end && end <= data.Length && end - begin == expected
            && CheckpointTensor.SizeOf(type) > 0
            ? new CheckpointTensor(type, shape, data[(int)begin..(int)end])
            : throw new FormatException(
                $"{property.Name}: expected {expected} bytes of F32, F64 or I64 within the {data.Length} bytes of data, found "
                + $"{type} at {begin} to {end}.");
    }
}
