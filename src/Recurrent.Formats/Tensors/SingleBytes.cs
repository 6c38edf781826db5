using System.Buffers;
using System.Runtime.InteropServices;

namespace Recurrent.Formats.Tensors;

/// <summary>Floats seen as their bytes, without a copy.</summary>
internal sealed class SingleBytes(ReadOnlyMemory<float> values) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(MemoryMarshal.AsMemory(values).Span);

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin() => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // The floats belong to somebody else.
    }
}
