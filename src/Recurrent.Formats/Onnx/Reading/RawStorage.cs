using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Recurrent.Formats.Onnx;

/// <summary>Elements as little-endian bytes one after the other, in a file or in memory.</summary>
internal sealed class RawStorage(WireSource source, long offset, TensorElementType type) : TensorStorage
{
    private const int BufferBytes = 1 << 16;

    private delegate void Convert<T>(ReadOnlySpan<byte> bytes, Span<T> values);

    public override void Read(int first, Span<float> destination)
    {
        if (type == TensorElementType.F32 && BitConverter.IsLittleEndian)
        {
            source.Read(offset + ((long)first * sizeof(float)), MemoryMarshal.AsBytes(destination));
            return;
        }

        Read(first, destination, type switch
        {
            TensorElementType.F32 => static (bytes, values) =>
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
                }
            },
            TensorElementType.F16 => static (bytes, values) =>
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
                }
            },
            TensorElementType.BF16 => static (bytes, values) =>
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = BitConverter.Int32BitsToSingle(
                        BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                }
            },
            TensorElementType.F64 => static (bytes, values) =>
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * sizeof(double))..]);
                }
            },
            _ => ReadIntegersAsSingles,
        });
    }

    public override void Read(int first, Span<long> destination) => Read<long>(first, destination, ReadIntegers);

    private void ReadIntegersAsSingles(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Integer(bytes, i);
        }
    }

    private void ReadIntegers(ReadOnlySpan<byte> bytes, Span<long> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Integer(bytes, i);
        }
    }

    private long Integer(ReadOnlySpan<byte> bytes, int i) => type switch
    {
        TensorElementType.Bool or TensorElementType.U8 => bytes[i],
        TensorElementType.I8 => (sbyte)bytes[i],
        TensorElementType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]),
        TensorElementType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]),
        TensorElementType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]),
        TensorElementType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]),
        TensorElementType.I64 or TensorElementType.U64 => BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * i)..]),
        _ => throw new ModelFormatException("expected integers, found floating-point numbers."),
    };

    private void Read<T>(int first, Span<T> destination, Convert<T> convert)
    {
        int size = ElementTypes.SizeOf(type);
        byte[] buffer = new byte[(int)Math.Min((long)destination.Length * size, BufferBytes)];
        long position = offset + ((long)first * size);
        while (!destination.IsEmpty)
        {
            int count = Math.Min(destination.Length, buffer.Length / size);
            Span<byte> bytes = buffer.AsSpan(0, count * size);
            source.Read(position, bytes);
            convert(bytes, destination[..count]);
            destination = destination[count..];
            position += bytes.Length;
        }
    }
}
