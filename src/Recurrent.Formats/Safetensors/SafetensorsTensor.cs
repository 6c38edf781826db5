using Recurrent.Formats.Tensors;

namespace Recurrent.Formats;

/// <summary>A tensor of a <see cref="SafetensorsFile"/>: dense, row-major, the last axis fastest. Immutable.</summary>
public sealed class SafetensorsTensor : Tensor
{
    private readonly ByteSource _source;
    private readonly long _begin;
    private readonly long _byteCount;

    internal SafetensorsTensor(
        string name, TensorElementType elementType, long[] shape, ByteSource source, long begin, long byteCount)
        : base(name, elementType, shape, byteCount / elementType.SizeInBytes())
    {
        _source = source;
        _begin = begin;
        _byteCount = byteCount;
    }

    /// <summary>
    /// Its elements as they lie in the file, little-endian. Of a file that was opened this is memory that maps it: see
    /// the remarks of <see cref="SafetensorsFile"/> for how long it may be used.
    /// </summary>
    /// <exception cref="IOException">The file cannot be mapped.</exception>
    /// <exception cref="ModelFormatException">
    /// The tensor is longer than memory can be, 2 GB, or is no longer in the file.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    public ReadOnlyMemory<byte> Bytes =>
        _byteCount <= int.MaxValue
            ? _source.Slice(_begin, (int)_byteCount)
            : throw new ModelFormatException(
                $"tensor '{Name}': expected at most {int.MaxValue} bytes, which is what memory holds; found "
                + $"{_byteCount}.");

    private protected override void Read(long firstElement, Span<byte> destination) =>
        _source.Read(_begin + (firstElement * ElementType.SizeInBytes()), destination);
}
