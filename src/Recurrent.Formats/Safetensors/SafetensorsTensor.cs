using System.Buffers.Binary;

namespace Recurrent.Formats;

/// <summary>A tensor of a <see cref="SafetensorsFile"/>: dense, row-major, the last axis fastest. Immutable.</summary>
public sealed class SafetensorsTensor
{
    internal SafetensorsTensor(SafetensorsEntry entry, ReadOnlyMemory<byte> bytes)
    {
        Name = entry.Name;
        ElementType = entry.ElementType;
        Shape = Array.AsReadOnly(entry.Shape);
        Bytes = bytes;
    }

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>The sizes of its axes, the slowest first; empty for a scalar. A size may be 0.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Its elements as they lie in the file, little-endian.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The number of elements: the product of <see cref="Shape"/>.</summary>
    public int ElementCount => Bytes.Length / ElementType.SizeInBytes();

    /// <summary>
    /// Copies the elements of a floating-point tensor. F64 is rounded to nearest, the other types are exact.
    /// </summary>
    /// <returns><see cref="ElementCount"/> values.</returns>
    /// <exception cref="ModelFormatException">The elements are not F16, BF16, F32 or F64.</exception>
    public float[] ToSingles() => ElementType switch
    {
        TensorElementType.F32 => Convert(BinaryPrimitives.ReadSingleLittleEndian),
        TensorElementType.F64 => Convert(static bytes => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
        TensorElementType.F16 => Convert(static bytes => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
        TensorElementType.BF16 => Convert(ReadBFloat16),
        _ => throw WrongType("F16, BF16, F32 or F64"),
    };

    /// <summary>Copies the elements of a floating-point tensor, exactly.</summary>
    /// <returns><see cref="ElementCount"/> values.</returns>
    /// <exception cref="ModelFormatException">The elements are not F16, BF16, F32 or F64.</exception>
    public double[] ToDoubles() => ElementType switch
    {
        TensorElementType.F64 => Convert(BinaryPrimitives.ReadDoubleLittleEndian),
        TensorElementType.F32 => Convert(static bytes => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        TensorElementType.F16 => Convert(static bytes => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
        TensorElementType.BF16 => Convert(static bytes => (double)ReadBFloat16(bytes)),
        _ => throw WrongType("F16, BF16, F32 or F64"),
    };

    /// <summary>Copies the elements of an integer tensor, exactly.</summary>
    /// <returns><see cref="ElementCount"/> values.</returns>
    /// <exception cref="ModelFormatException">
    /// The elements are not signed integers, or unsigned ones below 64 bits.
    /// </exception>
    public long[] ToInt64s() => ElementType switch
    {
        TensorElementType.I64 => Convert(BinaryPrimitives.ReadInt64LittleEndian),
        TensorElementType.I32 => Convert(static bytes => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        TensorElementType.U32 => Convert(static bytes => (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
        TensorElementType.I16 => Convert(static bytes => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        TensorElementType.U16 => Convert(static bytes => (long)BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        TensorElementType.I8 => Convert(static bytes => (long)(sbyte)bytes[0]),
        TensorElementType.U8 => Convert(static bytes => (long)bytes[0]),
        _ => throw WrongType("I64, I32, U32, I16, U16, I8 or U8"),
    };

    /// <summary>Name, type and shape, as in <c>lstm.bias_ih_l0: F32 [80]</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Name}: {ElementType} [{string.Join(", ", Shape)}]";

    private static float ReadBFloat16(ReadOnlySpan<byte> bytes) =>
        BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16);

    private T[] Convert<T>(Func<ReadOnlySpan<byte>, T> read)
    {
        ReadOnlySpan<byte> bytes = Bytes.Span;
        int size = ElementType.SizeInBytes();
        var values = new T[ElementCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = read(bytes.Slice(i * size, size));
        }

        return values;
    }

    private ModelFormatException WrongType(string expected) =>
        new($"tensor '{Name}': expected elements of type {expected}, found {ElementType}.");
}
