using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recurrent.Training;

/// <summary>Numbers, or bytes of numbers, in memory.</summary>
internal sealed class MemoryTensor<T>(string type, IReadOnlyList<long> shape, ReadOnlyMemory<T> values)
    : CheckpointTensor(type, shape, (long)values.Length * Unsafe.SizeOf<T>())
    where T : unmanaged
{
    public override void Visit(PieceVisitor visit)
    {
        int length = PieceBytes / Unsafe.SizeOf<T>();
        for (int first = 0; first < values.Length;)
        {
            ReadOnlySpan<T> piece = values.Span.Slice(first, Math.Min(length, values.Length - first));
            visit(MemoryMarshal.AsBytes(piece));
            first += piece.Length;
        }
    }
}
