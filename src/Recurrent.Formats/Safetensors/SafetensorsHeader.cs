using System.Text.Json;
using Recurrent.Formats.Json;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Safetensors;

/// <summary>
/// The JSON header of a safetensors file: an object of one entry a tensor, and <c>__metadata__</c>, text by name. It is
/// read piece by piece; every value is checked against the format and the size of the data, and asked of the file's
/// budget, before anything is allocated for it.
/// </summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataName = "__metadata__";

    // Header, tensor and shape are nested three deep; whatever unknown fields hold has to get by with the rest.
    private const int MaxDepth = 16;

    private const int MaxAxes = 64;

    // A tensor, its shape, and its place in a table and in a list that is sorted.
    private const int EntryBytes = 288;
    private const int MetadataBytes = 64;

    private readonly ByteSource _source;
    private readonly MemoryBudget _budget;
    private readonly long _dataBegin;
    private readonly long _dataBytes;
    private readonly List<(long Begin, long End, SafetensorsTensor Tensor)> _places = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsTensor> _tensors = new(StringComparer.Ordinal);
    private bool _hasMetadata;

    private SafetensorsHeader(ByteSource source, long dataBegin)
    {
        _source = source;
        _dataBegin = dataBegin;
        _dataBytes = source.Length - dataBegin;
        _budget = new MemoryBudget(source.Length);
    }

    public IReadOnlyDictionary<string, string> Metadata => _metadata.AsReadOnly();

    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors => _tensors.AsReadOnly();

    /// <summary>Parses and checks a header.</summary>
    /// <param name="source">The file.</param>
    /// <param name="begin">Where the header begins.</param>
    /// <param name="end">Where it ends and the data begins, which goes on to the end of the file.</param>
    public static SafetensorsHeader Parse(ByteSource source, long begin, long end)
    {
        var header = new SafetensorsHeader(source, end);
        var stream = new JsonStream(source, begin, end, MaxDepth, header._budget);
        try
        {
            header.ReadObject(ref stream);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ModelFormatException)
        {
            // The reader reports text that is not UTF-8 as an InvalidOperationException.
            throw new ModelFormatException($"header, near byte {stream.TokenBegin}: {e.Message}", e);
        }

        header.RequireGaplessData();
        return header;
    }

    private void ReadObject(ref JsonStream stream)
    {
        Advance(ref stream, JsonTokenType.StartObject, "an object as", "header");
        while (NextProperty(ref stream) is { } name)
        {
            bool isNew = name == MetadataName ? !_hasMetadata : !_tensors.ContainsKey(name);
            if (!isNew)
            {
                throw new ModelFormatException($"'{name}' appears twice.");
            }

            if (name == MetadataName)
            {
                _hasMetadata = true;
                ReadMetadata(ref stream);
            }
            else
            {
                ReadEntry(ref stream, name);
            }
        }

        // The reader throws at anything but white space behind the object.
        stream.Read();
    }

    private void ReadMetadata(ref JsonStream stream)
    {
        Advance(ref stream, JsonTokenType.StartObject, "an object as", MetadataName);
        while (NextProperty(ref stream) is { } name)
        {
            Advance(ref stream, JsonTokenType.String, "text as metadata", name);
            _budget.Take(MetadataBytes, "the metadata");
            if (!_metadata.TryAdd(name, stream.GetString()))
            {
                throw new ModelFormatException($"metadata '{name}' appears twice.");
            }
        }
    }

    private void ReadEntry(ref JsonStream stream, string name)
    {
        TensorElementType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        _budget.Take(EntryBytes, "the header");
        Advance(ref stream, JsonTokenType.StartObject, "an object as tensor", name);
        while (stream.Read() && stream.Type == JsonTokenType.PropertyName)
        {
            if (stream.TextEquals("dtype"u8))
            {
                RequireFirst(type is null, name, "dtype");
                type = ReadElementType(ref stream, name);
            }
            else if (stream.TextEquals("shape"u8))
            {
                RequireFirst(shape is null, name, "shape");
                shape = ReadSizes(ref stream, name, "shape");
            }
            else if (stream.TextEquals("data_offsets"u8))
            {
                RequireFirst(offsets is null, name, "data_offsets");
                offsets = ReadSizes(ref stream, name, "data_offsets");
            }
            else
            {
                stream.Read();
                stream.Skip();
            }
        }

        if (type is null || shape is null || offsets is not [long begin, long end])
        {
            throw new ModelFormatException($"tensor '{name}': expected dtype, shape and two data_offsets.");
        }

        RequireConsistent(name, type.Value, shape, begin, end);
        var tensor = new SafetensorsTensor(name, type.Value, shape, _source, _dataBegin + begin, end - begin);
        _tensors.Add(name, tensor);
        _places.Add((begin, end, tensor));
    }

    private static TensorElementType ReadElementType(ref JsonStream stream, string name)
    {
        Advance(ref stream, JsonTokenType.String, "text as dtype of tensor", name);
        string text = stream.GetString();
        return TensorElementTypes.TryParse(text, out TensorElementType type)
            ? type
            : throw new ModelFormatException($"tensor '{name}': dtype '{text}' is not known.");
    }

    private static long[] ReadSizes(ref JsonStream stream, string name, string field)
    {
        Span<long> sizes = stackalloc long[MaxAxes];
        int count = 0;
        Advance(ref stream, JsonTokenType.StartArray, "an array as shape or data_offsets of tensor", name);
        while (stream.Read() && stream.Type != JsonTokenType.EndArray)
        {
            if (stream.Type != JsonTokenType.Number || !stream.TryGetInt64(out long size) || size < 0)
            {
                throw new ModelFormatException(
                    $"tensor '{name}': {field}: expected integers from 0 to {long.MaxValue}.");
            }

            if (count == MaxAxes)
            {
                throw new ModelFormatException($"tensor '{name}': {field}: expected at most {MaxAxes} integers.");
            }

            sizes[count++] = size;
        }

        return sizes[..count].ToArray();
    }

    private void RequireConsistent(string name, TensorElementType type, long[] shape, long begin, long end)
    {
        if (begin > end || end > _dataBytes)
        {
            throw new ModelFormatException(
                $"tensor '{name}': data_offsets [{begin}, {end}] are not inside the {_dataBytes} bytes of data.");
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
    private void RequireGaplessData()
    {
        _places.Sort(static (a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long covered = 0;
        foreach ((long begin, long end, SafetensorsTensor tensor) in _places)
        {
            if (begin != covered)
            {
                string what = begin < covered ? "overlaps the tensor before it" : "leaves a gap before it";
                throw new ModelFormatException(
                    $"tensor '{tensor.Name}' {what}: expected its data at offset {covered}, found {begin}.");
            }

            covered = end;
        }

        if (covered != _dataBytes)
        {
            throw new ModelFormatException($"the tensors end at data offset {covered}, the data at {_dataBytes}.");
        }
    }

    private static string? NextProperty(ref JsonStream stream) =>
        stream.Read() && stream.Type == JsonTokenType.PropertyName ? stream.GetString() : null;

    private static void RequireFirst(bool isFirst, string name, string field)
    {
        if (!isFirst)
        {
            throw new ModelFormatException($"tensor '{name}': {field} appears twice.");
        }
    }

    private static void Advance(ref JsonStream stream, JsonTokenType expected, string what, string name)
    {
        stream.Read();
        if (stream.Type != expected)
        {
            throw new ModelFormatException($"expected {what} '{name}', found {stream.Type}.");
        }
    }
}
