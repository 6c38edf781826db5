namespace Recurrent.Formats.Tensors;

/// <summary>The bytes of a file that lie in memory already.</summary>
internal sealed class MemorySource(ReadOnlyMemory<byte> bytes) : ByteSource
{
    public override long Length => bytes.Length;

    public override void Read(long offset, Span<byte> destination) =>
        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);

    public override ReadOnlyMemory<byte> Slice(long offset, int length) => bytes.Slice((int)offset, length);

    public override void Dispose()
    {
        // The memory is the caller's.
    }
}
