using System.Buffers.Binary;
using Google.Protobuf.Collections;

namespace Recurrent.Formats.Onnx;

/// <summary>Makes tensors of what the file says about them, after checking that their elements are there.</summary>
/// <param name="source">The model.</param>
/// <param name="external">The files beside it.</param>
internal sealed class TensorReader(WireSource source, ExternalData external)
{
    private const int MaxRank = 16;
    private const int ExternalLocation = 1;
    private const int MaxVarintBytes = 10;

    /// <summary>The tensor. Only elements that are stored as varying numbers of bytes are read already.</summary>
    /// <exception cref="ModelFormatException">It is damaged or of a type that is not supported.</exception>
    public OnnxTensor Create(TensorProto tensor)
    {
        try
        {
            TensorElementType type = ElementTypes.Of(tensor.DataType)
                ?? throw new ModelFormatException($"expected numbers, found the element type {tensor.DataType}.");
            int[] dimensions = Dimensions(tensor.Dims);
            int count = ElementCount(dimensions);
            TensorStorage storage = tensor.DataLocation == ExternalLocation
                ? External(tensor, type, count)
                : Storage(tensor.Payload, type, count);
            return new OnnxTensor(tensor.Name, type, dimensions, storage);
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"{source.Place}tensor '{tensor.Name}': {e.Message}", e);
        }
    }

    /// <summary>Lengths of axes, refused unless they are ones that a tensor in memory can have.</summary>
    private static int[] Dimensions(RepeatedField<long> lengths)
    {
        if (lengths.Count > MaxRank)
        {
            throw new ModelFormatException($"expected at most {MaxRank} dimensions, found {lengths.Count}.");
        }

        foreach (long length in lengths)
        {
            if (length is < 0 or > int.MaxValue)
            {
                throw new ModelFormatException($"expected dimensions of at least 0, found {length}.");
            }
        }

        return [.. lengths.Select(length => (int)length)];
    }

    private static int ElementCount(int[] dimensions)
    {
        // A zero anywhere makes the tensor empty, however large the others are.
        long count = dimensions.Contains(0) ? 0 : 1;
        foreach (int length in dimensions)
        {
            count *= length;
            if (count > Array.MaxLength)
            {
                throw new ModelFormatException(
                    $"expected at most {Array.MaxLength} elements, found [{string.Join(", ", dimensions)}].");
            }
        }

        return (int)count;
    }

    private RawStorage External(TensorProto tensor, TensorElementType type, int count)
    {
        (WireSource file, long offset) = external.Find(
            tensor.ExternalData, (long)count * ElementTypes.SizeOf(type));
        return new RawStorage(file, offset, type);
    }

    private TensorStorage Storage(RepeatedField<PayloadProto> payloads, TensorElementType type, int count)
    {
        if (count == 0 && payloads.Count == 0)
        {
            return new SinglesStorage(default);
        }

        int field = payloads.Count == 0 ? 0 : payloads[0].Field;
        if (payloads.Any(payload => payload.Field != field) || (field == 0 && count > 0))
        {
            throw new ModelFormatException(
                field == 0 ? $"expected {count} elements, found none." : "expected elements in one field, found several.");
        }

        return field switch
        {
            TensorProto.RawDataFieldNumber => Raw(payloads, type, count),
            TensorProto.FloatDataFieldNumber when type == TensorElementType.F32 => Fixed(payloads, type, count),
            TensorProto.DoubleDataFieldNumber when type == TensorElementType.F64 => Fixed(payloads, type, count),
            TensorProto.Int64DataFieldNumber when type == TensorElementType.I64 => Varints(payloads, type, count),
            TensorProto.Uint64DataFieldNumber when type is TensorElementType.U32 or TensorElementType.U64 =>
                Varints(payloads, type, count),
            TensorProto.Int32DataFieldNumber when type is not (TensorElementType.F32 or TensorElementType.F64
                or TensorElementType.I64 or TensorElementType.U32 or TensorElementType.U64) =>
                Varints(payloads, type, count),
            _ => throw new ModelFormatException($"expected elements of {type}, found them in field {field}."),
        };
    }

    private RawStorage Raw(RepeatedField<PayloadProto> payloads, TensorElementType type, int count)
    {
        RequireBytes(payloads.Sum(payload => payload.Length), (long)count * ElementTypes.SizeOf(type));
        return payloads is [{ Tagged: false } payload]
            ? new RawStorage(source, payload.Offset, type)
            : throw new ModelFormatException("expected raw_data once, as bytes; found it otherwise.");
    }

    /// <summary>Elements of 4 or 8 bytes, each with a tag if an old writer wrote them.</summary>
    private TensorStorage Fixed(RepeatedField<PayloadProto> payloads, TensorElementType type, int count)
    {
        int size = ElementTypes.SizeOf(type);
        if (payloads is [{ Tagged: false } only])
        {
            RequireBytes(only.Length, (long)count * size);
            return new RawStorage(source, only.Offset, type);
        }

        RequireBytes(
            payloads.Sum(payload => payload.Tagged ? payload.Length / (size + 1) * size : payload.Length),
            (long)count * size);
        float[] values = new float[count];
        int filled = 0;
        foreach (PayloadProto payload in payloads)
        {
            byte[] bytes = Bytes(payload);
            int tag = payload.Tagged ? 1 : 0;
            for (int at = tag; at + size <= bytes.Length; at += size + tag)
            {
                values[filled++] = size == sizeof(float)
                    ? BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at))
                    : (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(at));
            }
        }

        return new SinglesStorage(values);
    }

    private TensorStorage Varints(RepeatedField<PayloadProto> payloads, TensorElementType type, int count)
    {
        long bytes = payloads.Sum(payload => payload.Length);
        if (bytes < count || bytes > (long)count * (MaxVarintBytes + 1))
        {
            throw new ModelFormatException($"expected {count} elements, found {bytes} bytes of them.");
        }

        bool floating = ElementTypes.IsFloating(type);
        long[] integers = new long[floating ? 0 : count];
        float[] singles = new float[floating ? count : 0];
        int filled = 0;
        foreach (PayloadProto payload in payloads)
        {
            ReadOnlySpan<byte> rest = Bytes(payload);
            while (!rest.IsEmpty)
            {
                if (payload.Tagged)
                {
                    Varint(ref rest);
                }

                long value = (long)Varint(ref rest);
                if (filled == count)
                {
                    throw new ModelFormatException($"expected {count} elements, found more.");
                }

                if (floating)
                {
                    singles[filled++] = Narrow(value, type);
                }
                else
                {
                    integers[filled++] = value;
                }
            }
        }

        RequireBytes(filled, count);
        return floating ? new SinglesStorage(singles) : new IntegersStorage(integers);
    }

    /// <summary>16 bits of a floating-point number, which ONNX keeps in a 32-bit integer.</summary>
    private static float Narrow(long bits, TensorElementType type) => type == TensorElementType.F16
        ? (float)BitConverter.UInt16BitsToHalf((ushort)bits)
        : BitConverter.Int32BitsToSingle((ushort)bits << 16);

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = 0; i < bytes.Length && i < MaxVarintBytes; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }

        throw new ModelFormatException("an element has no end.");
    }

    private static void RequireBytes(long found, long expected)
    {
        if (found != expected)
        {
            throw new ModelFormatException($"its dimensions ask for {expected} bytes or elements, found {found}.");
        }
    }

    private byte[] Bytes(PayloadProto payload)
    {
        byte[] bytes = new byte[payload.Length <= Array.MaxLength
            ? (int)payload.Length
            : throw new ModelFormatException($"expected at most {Array.MaxLength} bytes, found {payload.Length}.")];
        source.Read(payload.Offset, bytes);
        return bytes;
    }
}
