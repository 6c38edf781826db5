using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.Container;

/// <summary>Weights as the bytes of a file.</summary>
internal static class WeightEncoding
{
    private const int PieceFloats = 1 << 14;

    /// <summary>Hands the bytes of an array, whose format holds its values exactly, out piece by piece.</summary>
    public static void Emit(StoredArray array, ReadOnlySpanAction take)
    {
        switch (array.Format)
        {
            case StoredFormat.BFloat16:
                EmitBFloat16(array.Values.Span, take);
                break;
            case StoredFormat.Int8:
                // Rounded weights are packed into what they were rounded to.
                Int8Matrix matrix = Int8Matrix.Pack(array.Values.Span, (int)array.Rows, (int)array.Columns);
                EmitSingles(matrix.Scales.ToArray(), take);
                take(MemoryMarshal.AsBytes(matrix.Values));
                break;
            default:
                EmitSingles(array.Values, take);
                break;
        }
    }

    private static void EmitSingles(ReadOnlyMemory<float> values, ReadOnlySpanAction take)
    {
        for (int at = 0; at < values.Length; at += PieceFloats)
        {
            take(LittleEndian.Bytes(values.Slice(at, Math.Min(PieceFloats, values.Length - at))).Span);
        }
    }

    private static void EmitBFloat16(ReadOnlySpan<float> values, ReadOnlySpanAction take)
    {
        var bytes = new byte[sizeof(ushort) * Math.Min(PieceFloats, values.Length)];
        while (!values.IsEmpty)
        {
            int count = Math.Min(PieceFloats, values.Length);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(
                    bytes.AsSpan(sizeof(ushort) * i), (ushort)(BitConverter.SingleToUInt32Bits(values[i]) >> 16));
            }

            take(bytes.AsSpan(0, sizeof(ushort) * count));
            values = values[count..];
        }
    }
}
