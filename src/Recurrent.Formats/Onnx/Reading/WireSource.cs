using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Onnx;

/// <summary>Bytes of a file or of memory, read where they are needed instead of all at once.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="place">Where the bytes are from, to begin a message with; empty for memory.</param>
internal sealed class WireSource(ByteSource bytes, string place) : IDisposable
{
    public long Length => bytes.Length;

    public string Place => place;

    /// <summary>Where they are read from.</summary>
    public ByteSource Bytes => bytes;

    /// <summary>Opens a file.</summary>
    public static WireSource Open(string path) => new(FileSource.Open(path), $"{path}: ");

    /// <summary>Takes what is in memory.</summary>
    public static WireSource Of(ReadOnlyMemory<byte> bytes) => new(new MemorySource(bytes), "");

    /// <summary>Reads exactly as many bytes as the span has.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
        {
            throw new ModelFormatException(
                $"{place}expected {destination.Length} bytes from byte {offset}, found an end at byte {Length}.");
        }

        bytes.Read(offset, destination);
    }

    public void Dispose() => bytes.Dispose();
}
