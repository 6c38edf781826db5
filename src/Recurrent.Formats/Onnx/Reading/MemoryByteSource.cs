namespace Recurrent.Formats.Onnx;

/// <summary>A file that is in memory.</summary>
internal sealed class MemoryByteSource(ReadOnlyMemory<byte> bytes) : WireSource
{
    public override long Length => bytes.Length;

    public override string Place => "";

    protected override void ReadWithin(long offset, Span<byte> destination) =>
        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
}
