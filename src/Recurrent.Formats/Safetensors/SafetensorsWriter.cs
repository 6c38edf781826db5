using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Recurrent.Files;
using Recurrent.Formats.Safetensors;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats;

/// <summary>
/// Collects tensors and writes them as a safetensors file: the largest element types first and then by name, as the
/// format's first implementation sorts them, so that every tensor is aligned. One caller at a time.
/// </summary>
public sealed class SafetensorsWriter
{
    private const int Alignment = 8;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, Item> _items = new(StringComparer.Ordinal);

    /// <summary>Text that the file says about itself.</summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Adds a tensor of any type.</summary>
    /// <param name="name">Its name, which no other tensor has.</param>
    /// <param name="elementType">The type of its elements.</param>
    /// <param name="shape">The sizes of its axes, the slowest first; empty for a scalar.</param>
    /// <param name="bytes">
    /// Its elements, row-major and little-endian. They are not copied, and must not change before the file is saved.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There is a tensor of this name, it is not one that a file can have, the type is not defined, a size is negative,
    /// or the bytes are not as many as the shape asks for.
    /// </exception>
    public void Add(string name, TensorElementType elementType, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Enum.IsDefined(elementType))
        {
            throw new ArgumentException(
                $"{nameof(elementType)}: found {elementType}, which is no type.", nameof(elementType));
        }

        Int128 expected = elementType.SizeInBytes();
        foreach (long size in shape)
        {
            expected = size >= 0 && expected <= long.MaxValue
                ? expected * size
                : throw new ArgumentException(
                    $"{nameof(shape)}: expected sizes of at least 0 that memory has room for, found [{Text(shape)}].",
                    nameof(shape));
        }

        if (expected != bytes.Length)
        {
            throw new ArgumentException(
                $"{nameof(bytes)}: expected {expected} for {elementType} [{Text(shape)}], found {bytes.Length}.",
                nameof(bytes));
        }

        if (name == SafetensorsHeader.MetadataName
            || !_items.TryAdd(name, new Item(name, elementType, shape.ToArray(), bytes)))
        {
            throw new ArgumentException($"{nameof(name)}: '{name}' is taken.", nameof(name));
        }
    }

    /// <summary>Adds a tensor of F32.</summary>
    /// <param name="name">Its name, which no other tensor has.</param>
    /// <param name="shape">The sizes of its axes, the slowest first; empty for a scalar.</param>
    /// <param name="values">
    /// Its elements, row-major. They are not copied, and must not change before the file is saved.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There is a tensor of this name, it is not one that a file can have, a size is negative, or the elements are
    /// not as many as the shape asks for, or more than 2^29.
    /// </exception>
    public void Add(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<float> values)
    {
        if (values.Length > int.MaxValue / sizeof(float))
        {
            throw new ArgumentException(
                $"{nameof(values)}: found {values.Length}, which are too many.", nameof(values));
        }

        Add(name, TensorElementType.F32, shape, LittleEndian.Bytes(values));
    }

    /// <summary>
    /// Writes the file: to a temporary file beside it, which then takes its name. A reader finds the file that was
    /// there before or the new one, whole.
    /// </summary>
    /// <param name="path">Its path. A file that is there is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Write);
    }

    /// <summary>Writes the file to a stream.</summary>
    /// <param name="stream">Where to write; it is not closed.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Item[] sorted =
        [
            .. _items.Values
                .OrderByDescending(item => item.ElementType.SortingRank())
                .ThenBy(item => item.Name, StringComparer.Ordinal),
        ];
        byte[] header = Header(sorted);
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (Item item in sorted)
        {
            stream.Write(item.Bytes.Span);
        }
    }

    private byte[] Header(Item[] sorted)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            WriteMetadata(json);
            long offset = 0;
            foreach (Item item in sorted)
            {
                json.WriteStartObject(item.Name);
                json.WriteString("dtype", item.ElementType.Name());
                WriteNumbers(json, "shape", item.Shape);
                WriteNumbers(json, "data_offsets", [offset, offset + item.Bytes.Length]);
                json.WriteEndObject();
                offset += item.Bytes.Length;
            }

            json.WriteEndObject();
        }

        int padding = -buffer.WrittenCount & (Alignment - 1);
        return [.. buffer.WrittenSpan, .. Enumerable.Repeat((byte)' ', padding)];
    }

    private void WriteMetadata(Utf8JsonWriter json)
    {
        if (Metadata.Count == 0)
        {
            return;
        }

        json.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach ((string name, string text) in Metadata)
        {
            json.WriteString(name, text);
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static string Text(ReadOnlySpan<long> shape) => string.Join(", ", shape.ToArray());

    private readonly record struct Item(
        string Name, TensorElementType ElementType, long[] Shape, ReadOnlyMemory<byte> Bytes);
}
