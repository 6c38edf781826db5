using System.Buffers.Binary;

namespace Recurrent.Formats;

/// <summary>
/// A safetensors file: named tensors and text metadata. Everything is checked when it is opened; a damaged or hostile
/// file gives a <see cref="ModelFormatException"/> and takes no more memory than a small multiple of its size.
/// Immutable; any thread may use it.
/// </summary>
/// <remarks>
/// The format: the length of the header (unsigned, 64 bits, little-endian), the header in JSON, the data of the
/// tensors without gaps.
/// </remarks>
public sealed class SafetensorsFile
{
    /// <summary>Longest header that is read, in bytes; the limit of the format's first implementation.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    private const int PrefixBytes = sizeof(ulong);

    private readonly Dictionary<string, SafetensorsTensor> _tensors = new(StringComparer.Ordinal);

    private SafetensorsFile(SafetensorsHeader header, ReadOnlyMemory<byte> data)
    {
        Metadata = header.Metadata.AsReadOnly();
        foreach (SafetensorsEntry entry in header.Entries.Values)
        {
            var bytes = data.Slice((int)entry.Begin, (int)(entry.End - entry.Begin));
            _tensors.Add(entry.Name, new SafetensorsTensor(entry, bytes));
        }

        Tensors = _tensors.AsReadOnly();
    }

    /// <summary>The text metadata; empty if the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; }

    /// <summary>A tensor that has to be there.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ModelFormatException">The file has no tensor of this name.</exception>
    public SafetensorsTensor this[string name] =>
        _tensors.TryGetValue(name, out SafetensorsTensor? tensor)
            ? tensor
            : throw new ModelFormatException($"tensor '{name}' is missing.");

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The file's contents, independent of the file from now on.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ModelFormatException">
    /// It is not a safetensors file, is damaged, or is larger than 2 GB.
    /// </exception>
    public static SafetensorsFile Open(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (!stream.CanSeek || stream.Length > Array.MaxLength)
        {
            throw new ModelFormatException($"{path}: expected a file of at most {Array.MaxLength} bytes.");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        try
        {
            return Parse(bytes);
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Takes the contents of a file, wherever they lie: in an array, or in memory that maps the file.
    /// </summary>
    /// <param name="bytes">The whole file. It is not copied and must not change.</param>
    /// <returns>The tensors, which refer to <paramref name="bytes"/>.</returns>
    /// <exception cref="ModelFormatException">The bytes are not a safetensors file, or a damaged one.</exception>
    public static SafetensorsFile Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < PrefixBytes)
        {
            throw new ModelFormatException(
                $"expected at least {PrefixBytes} bytes, the length of the header; found {bytes.Length}.");
        }

        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span);
        if (headerBytes > MaxHeaderBytes || headerBytes > (ulong)(bytes.Length - PrefixBytes))
        {
            throw new ModelFormatException(
                $"bytes 0 to 7 say that the header has {headerBytes} bytes; expected at most {MaxHeaderBytes}, "
                + $"and no more than the {bytes.Length - PrefixBytes} that follow.");
        }

        ReadOnlyMemory<byte> json = bytes.Slice(PrefixBytes, (int)headerBytes);
        if (json.Span is not [(byte)'{', ..])
        {
            throw new ModelFormatException($"byte {PrefixBytes}: expected '{{', the start of the header.");
        }

        ReadOnlyMemory<byte> data = bytes[(PrefixBytes + json.Length)..];
        return new SafetensorsFile(SafetensorsHeader.Parse(json.Span, PrefixBytes, data.Length), data);
    }
}
