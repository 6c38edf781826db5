using System.Buffers;

namespace Recurrent.Formats.Tensors;

/// <summary>A part of a mapped file as memory. It keeps the mapping; disposing of it does nothing.</summary>
internal sealed unsafe class MappedMemory(MappedFile file, long offset, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(file.AddressOf(offset), length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, length);
        return new MemoryHandle(file.AddressOf(offset) + elementIndex, pinnable: this);
    }

    public override void Unpin()
    {
        // A mapping does not move.
    }

    protected override void Dispose(bool disposing)
    {
        // The mapping belongs to the file.
    }
}
