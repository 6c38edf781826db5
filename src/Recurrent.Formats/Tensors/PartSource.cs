namespace Recurrent.Formats.Tensors;

/// <summary>A part of a file, as if it were one: an entry of an archive that is not packed.</summary>
internal sealed class PartSource(ByteSource whole, long begin, long length) : ByteSource
{
    public override long Length => length;

    public override void Read(long offset, Span<byte> destination) => whole.Read(begin + offset, destination);

    public override ReadOnlyMemory<byte> Slice(long offset, int length) => whole.Slice(begin + offset, length);

    public override void Dispose()
    {
        // The whole file is the caller's.
    }
}
