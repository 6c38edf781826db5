using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recurrent.Formats;

/// <summary>
/// A tensor of a file: named, row-major, the last axis fastest. Its elements are read when they are asked for.
/// Immutable; any thread may use it.
/// </summary>
public abstract class Tensor
{
    // A piece to convert at a time stays in the cache; a piece to read at a time fits a span of bytes.
    private const int ConvertedElements = 16_384;
    private const int DirectElements = 1 << 27;

    private protected Tensor(string name, TensorElementType elementType, long[] shape, long elementCount)
    {
        Name = name;
        ElementType = elementType;
        Shape = Array.AsReadOnly(shape);
        ElementCount = elementCount;
    }

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>The sizes of its axes, the slowest first; empty for a scalar. A size may be 0.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The number of elements: the product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; }

    /// <summary>
    /// Copies the elements of a floating-point tensor. F64 is rounded to nearest, the other types are exact.
    /// </summary>
    /// <returns><see cref="ElementCount"/> values.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ModelFormatException">
    /// The elements are not F16, BF16, F32 or F64, are more than an array holds, or are no longer in the file.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    public float[] ToSingles() => ElementType switch
    {
        TensorElementType.F32 => Copy<float>(),
        TensorElementType.F64 => Convert<double, float>(Widen),
        TensorElementType.F16 => Convert<ushort, float>(WidenHalf),
        TensorElementType.BF16 => Convert<ushort, float>(WidenBFloat16),
        _ => throw WrongType("F16, BF16, F32 or F64"),
    };

    /// <summary>Copies the elements of a floating-point tensor, exactly.</summary>
    /// <returns><see cref="ElementCount"/> values.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ModelFormatException">
    /// The elements are not F16, BF16, F32 or F64, are more than an array holds, or are no longer in the file.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    public double[] ToDoubles() => ElementType switch
    {
        TensorElementType.F64 => Copy<double>(),
        TensorElementType.F32 => Convert<float, double>(Widen),
        TensorElementType.F16 => Convert<Half, double>(Widen),
        TensorElementType.BF16 => Convert<ushort, double>(WidenBFloat16),
        _ => throw WrongType("F16, BF16, F32 or F64"),
    };

    /// <summary>Copies the elements of an integer tensor, exactly.</summary>
    /// <returns><see cref="ElementCount"/> values.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ModelFormatException">
    /// The elements are not signed integers or unsigned ones below 64 bits, are more than an array holds, or are no
    /// longer in the file.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    public long[] ToInt64s() => ElementType switch
    {
        TensorElementType.I64 => Copy<long>(),
        TensorElementType.I32 => Convert<int, long>(Widen),
        TensorElementType.U32 => Convert<uint, long>(Widen),
        TensorElementType.I16 => Convert<short, long>(Widen),
        TensorElementType.U16 => Convert<ushort, long>(Widen),
        TensorElementType.I8 => Convert<sbyte, long>(Widen),
        TensorElementType.U8 => Convert<byte, long>(Widen),
        _ => throw WrongType("I64, I32, U32, I16, U16, I8 or U8"),
    };

    /// <summary>Name, type and shape, as in <c>lstm.bias_ih_l0: F32 [80]</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Name}: {ElementType} [{string.Join(", ", Shape)}]";

    /// <summary>Reads elements that follow each other in row-major order, as they are stored: little-endian.</summary>
    private protected abstract void Read(long firstElement, Span<byte> destination);

    private static void Widen<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = TTo.CreateTruncating(from[i]);
        }
    }

    /// <summary>What <c>(float)Half</c> gives, in a fraction of its time.</summary>
    private static void WidenHalf(ReadOnlySpan<ushort> from, Span<float> to)
    {
        const uint Infinity = 0x7C00u << 13;
        for (int i = 0; i < from.Length; i++)
        {
            // The exponent's bias differs by 112, and so a product with 2^112 makes it right, denormals included.
            uint magnitude = (from[i] & 0x7FFFu) << 13;
            float value = magnitude < Infinity
                ? BitConverter.UInt32BitsToSingle(magnitude) * 5192296858534827628530496329220096f
                : BitConverter.UInt32BitsToSingle(magnitude | 0x7F800000);
            to[i] = (from[i] & 0x8000) == 0 ? value : -value;
        }
    }

    private static void WidenBFloat16<TTo>(ReadOnlySpan<ushort> from, Span<TTo> to)
        where TTo : unmanaged, INumberBase<TTo>
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = TTo.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)from[i] << 16));
        }
    }

    private T[] Copy<T>()
        where T : unmanaged
    {
        T[] values = Allocate<T>();
        for (int begin = 0; begin < values.Length; begin += DirectElements)
        {
            Fill(begin, values.AsSpan(begin, Math.Min(DirectElements, values.Length - begin)));
        }

        return values;
    }

    private TTo[] Convert<TFrom, TTo>(Conversion<TFrom, TTo> convert)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        TTo[] values = Allocate<TTo>();
        var piece = new TFrom[Math.Min(ConvertedElements, values.Length)];
        for (int begin = 0; begin < values.Length; begin += piece.Length)
        {
            Span<TFrom> from = piece.AsSpan(0, Math.Min(piece.Length, values.Length - begin));
            Fill(begin, from);
            convert(from, values.AsSpan(begin, from.Length));
        }

        return values;
    }

    private void Fill<T>(int begin, Span<T> elements)
        where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(elements);
        Read(begin, bytes);
        if (!BitConverter.IsLittleEndian)
        {
            int size = Unsafe.SizeOf<T>();
            for (int at = 0; at < bytes.Length; at += size)
            {
                bytes.Slice(at, size).Reverse();
            }
        }
    }

    private T[] Allocate<T>() =>
        ElementCount <= Array.MaxLength
            ? GC.AllocateUninitializedArray<T>((int)ElementCount)
            : throw new ModelFormatException(
                $"tensor '{Name}': expected at most {Array.MaxLength} elements, which is what an array holds; "
                + $"found {ElementCount}.");

    private ModelFormatException WrongType(string expected) =>
        new($"tensor '{Name}': expected elements of type {expected}, found {ElementType}.");

    private delegate void Conversion<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to);
}
