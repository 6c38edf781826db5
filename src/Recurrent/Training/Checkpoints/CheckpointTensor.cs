using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recurrent.Training;

/// <summary>Takes some of the bytes of a tensor.</summary>
internal delegate void PieceVisitor(ReadOnlySpan<byte> piece);

/// <summary>
/// Numbers of a checkpoint, as the bytes of the file have them. There may be more than a span can hold, so they are taken
/// piece after piece.
/// </summary>
/// <param name="type">The element type, by its name in safetensors.</param>
/// <param name="shape">The sizes of the axes.</param>
/// <param name="byteCount">Bytes of all elements.</param>
internal abstract class CheckpointTensor(string type, IReadOnlyList<long> shape, long byteCount)
{
    /// <summary>Bytes of a piece: whole elements of every type.</summary>
    public const int PieceBytes = 1 << 20;

    public string Type { get; } = type;

    public IReadOnlyList<long> Shape { get; } = shape;

    public long ByteCount { get; } = byteCount;

    public static string TypeOf<T>() =>
        typeof(T) == typeof(float) ? "F32"
        : typeof(T) == typeof(double) ? "F64"
        : typeof(T) == typeof(long) ? "I64"
        : throw new NotSupportedException($"A checkpoint holds float, double and long, not {typeof(T)}.");

    public static int SizeOf(string type) => type switch
    {
        "F32" => sizeof(float),
        "F64" or "I64" => sizeof(double),
        CheckpointChecksums.Type => sizeof(byte),
        _ => 0,
    };

    /// <summary>Gives all bytes, in order.</summary>
    public abstract void Visit(PieceVisitor visit);

    /// <summary>Copies the numbers.</summary>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        long count = ByteCount / Unsafe.SizeOf<T>();
        if (count > Array.MaxLength)
        {
            throw new InvalidDataException($"Expected at most {Array.MaxLength} numbers in one tensor, found {count}.");
        }

        var values = new T[count];
        int filled = 0;
        Visit(piece =>
        {
            ReadOnlySpan<T> some = MemoryMarshal.Cast<byte, T>(piece);
            some.CopyTo(values.AsSpan(filled));
            filled += some.Length;
        });
        return values;
    }
}
