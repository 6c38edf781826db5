namespace Recurrent.Formats.Tensors;

/// <summary>The bytes of a file, read piece by piece at any offset and by any thread.</summary>
internal abstract class ByteSource : IDisposable
{
    /// <summary>Bytes there were when the source was opened.</summary>
    public abstract long Length { get; }

    /// <summary>Reads as many bytes as asked for, which have to be inside <see cref="Length"/>.</summary>
    /// <exception cref="ModelFormatException">The file has become shorter.</exception>
    public abstract void Read(long offset, Span<byte> destination);

    /// <summary>A part without copying it.</summary>
    public abstract ReadOnlyMemory<byte> Slice(long offset, int length);

    public abstract void Dispose();
}
