using System.Buffers.Binary;
using Recurrent.Formats.Safetensors;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats;

/// <summary>
/// A safetensors file: named tensors and text metadata. Everything is checked when it is opened; a damaged or hostile
/// file gives a <see cref="ModelFormatException"/>, and its header takes no more memory than 16 times its size.
/// Immutable; any thread may use it.
/// </summary>
/// <remarks>
/// <para>
/// The format: the length of the header (unsigned, 64 bits, little-endian), the header in JSON, the data of the
/// tensors without gaps. <see cref="SafetensorsWriter"/> writes it.
/// </para>
/// <para>
/// Opening a file reads its header only, whatever its size. <see cref="Tensor.ToSingles"/> and its like then read one
/// tensor from the file straight into the array that they return; if the file has been cut meanwhile they throw.
/// <see cref="SafetensorsTensor.Bytes"/> does not copy: it maps the file into memory. Two rules go with that. The file
/// must not be cut while it is mapped, because the operating system ends a process that touches what is not there any
/// more; replacing it by renaming another file over it, as <see cref="SafetensorsWriter.Save"/> does, is harmless.
/// And a span of the bytes is good as long as the file is open: keep a reference to the file or the tensor until you
/// are done, and use no span after <see cref="Dispose"/>.
/// </para>
/// <para>
/// A file that nobody refers to any more is closed by the garbage collector. <see cref="Dispose"/> closes it at once.
/// </para>
/// </remarks>
public sealed class SafetensorsFile : ITensorSource, IDisposable
{
    /// <summary>Longest header that is read, in bytes; the limit of the format's first implementation.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    private const int PrefixBytes = sizeof(ulong);

    private readonly ByteSource _source;

    private SafetensorsFile(SafetensorsHeader header, ByteSource source)
    {
        _source = source;
        Metadata = header.Metadata;
        Tensors = header.Tensors;
    }

    /// <summary>The text metadata; empty if the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; }

    /// <inheritdoc/>
    IEnumerable<string> ITensorSource.TensorNames => Tensors.Keys;

    /// <inheritdoc/>
    bool ITensorSource.HasModelOrder => false;

    /// <summary>A tensor that has to be there.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ModelFormatException">The file has no tensor of this name.</exception>
    public SafetensorsTensor this[string name] =>
        Tensors.TryGetValue(name, out SafetensorsTensor? tensor)
            ? tensor
            : throw new ModelFormatException($"tensor '{name}' is missing.");

    /// <summary>Opens a file. Its size has no limit.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The file. See the remarks of <see cref="SafetensorsFile"/> for how long it may be used.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ModelFormatException">It is not a safetensors file, or a damaged one.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileSource source = FileSource.Open(path);
        try
        {
            return Read(source);
        }
        catch (ModelFormatException e)
        {
            source.Dispose();
            throw new ModelFormatException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Takes the contents of a file that lie in memory.</summary>
    /// <param name="bytes">The whole file. It is not copied and must not change.</param>
    /// <returns>The tensors, which refer to <paramref name="bytes"/>.</returns>
    /// <exception cref="ModelFormatException">The bytes are not a safetensors file, or a damaged one.</exception>
    public static SafetensorsFile Parse(ReadOnlyMemory<byte> bytes) => Read(new MemorySource(bytes));

    /// <inheritdoc/>
    Tensor? ITensorSource.Find(string name) => Tensors.GetValueOrDefault(name);

    /// <summary>Closes the file. Its tensors cannot be read any more.</summary>
    public void Dispose() => _source.Dispose();

    /// <summary>
    /// Whether a file that begins like this may be one: the header's length, and its first character.
    /// </summary>
    internal static bool Recognizes(ReadOnlySpan<byte> beginning) =>
        beginning.Length > PrefixBytes
        && beginning[PrefixBytes] == (byte)'{'
        && BinaryPrimitives.ReadUInt64LittleEndian(beginning) <= MaxHeaderBytes;

    private static SafetensorsFile Read(ByteSource source)
    {
        if (source.Length < PrefixBytes)
        {
            throw new ModelFormatException(
                $"expected at least {PrefixBytes} bytes, the length of the header; found {source.Length}.");
        }

        Span<byte> prefix = stackalloc byte[PrefixBytes];
        source.Read(0, prefix);
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        long dataBytes = source.Length - PrefixBytes;
        if (headerBytes > MaxHeaderBytes || headerBytes > (ulong)dataBytes)
        {
            throw new ModelFormatException(
                $"bytes 0 to 7 say that the header has {headerBytes} bytes; expected at most {MaxHeaderBytes}, "
                + $"and no more than the {dataBytes} that follow.");
        }

        Span<byte> first = stackalloc byte[headerBytes > 0 ? 1 : 0];
        source.Read(PrefixBytes, first);
        if (first is not [(byte)'{'])
        {
            throw new ModelFormatException($"byte {PrefixBytes}: expected '{{', the start of the header.");
        }

        return new SafetensorsFile(
            SafetensorsHeader.Parse(source, PrefixBytes, PrefixBytes + (long)headerBytes), source);
    }
}
