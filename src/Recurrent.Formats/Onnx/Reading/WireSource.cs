namespace Recurrent.Formats.Onnx;

/// <summary>Bytes of a file or of memory, read where they are needed instead of all at once.</summary>
internal abstract class WireSource
{
    public abstract long Length { get; }

    /// <summary>Where the bytes are from, to begin a message with; empty for memory.</summary>
    public abstract string Place { get; }

    /// <summary>Reads exactly as many bytes as the span has.</summary>
    public void Read(long offset, Span<byte> bytes)
    {
        if (offset < 0 || offset > Length - bytes.Length)
        {
            throw new ModelFormatException(
                $"{Place}expected {bytes.Length} bytes from byte {offset}, found an end at byte {Length}.");
        }

        ReadWithin(offset, bytes);
    }

    protected abstract void ReadWithin(long offset, Span<byte> destination);
}
