using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Recurrent.Files;

namespace Recurrent.Formats.Container;

/// <summary>The weights of a file: one array behind the other, each at the next multiple of 64 bytes.</summary>
internal static class WeightSection
{
    private const int PieceBytes = 1 << 16;

    /// <summary>Gives arrays their places; the bytes of the section.</summary>
    public static long Place(IEnumerable<StoredArray> arrays)
    {
        long end = 0;
        foreach (StoredArray array in arrays)
        {
            array.Offset = ContainerFile.Align(end);
            end = array.Offset + array.Bytes;
        }

        return end;
    }

    /// <summary>Hands the bytes of the section out piece by piece.</summary>
    public static void Emit(IEnumerable<StoredArray> arrays, ReadOnlySpanAction take)
    {
        long end = 0;
        foreach (StoredArray array in arrays)
        {
            take(new byte[array.Offset - end]);
            WeightEncoding.Emit(array, take);
            end = array.Offset + array.Bytes;
        }
    }

    /// <summary>Refuses places that are not those that the format has, before memory is taken.</summary>
    public static void RequirePlaces(Section section, IEnumerable<StoredArray> arrays)
    {
        long end = 0;
        foreach (StoredArray array in arrays)
        {
            long begin = ContainerFile.Align(end);
            ContainerFile.Require(
                array.Offset == begin, array.Place,
                $"weights at byte {begin} of their section, found them at {(ulong)array.Offset}");
            ContainerFile.Require(
                array.Bytes <= section.Length - begin, array.Place,
                $"{array.Bytes} bytes of weights at byte {begin} of their section, found its end at {section.Length}");
            ContainerFile.Require(
                array.Rows * array.Columns <= Array.MaxLength, array.Place,
                $"at most {Array.MaxLength} weights in an array, found {array.Rows} rows of {array.Columns}");
            end = begin + array.Bytes;
        }

        ContainerFile.Require(
            end == section.Length, section.Offset + end,
            $"the end of the weights, found {section.Length - end} more bytes");
    }

    /// <summary>Reads the values of all arrays, and checks the section's checksum.</summary>
    public static void Read(ContainerFile file, Section section, IEnumerable<StoredArray> arrays)
    {
        var bytes = new Reader(file, section);
        foreach (StoredArray array in arrays)
        {
            bytes.SkipTo(array.Offset);
            array.Values = Read(bytes, array);
        }

        ContainerFile.RequireChecksum(section, bytes.Checksum);
    }

    /// <summary>Reads the values of an array and no other, without the checksum.</summary>
    public static float[] ReadAlone(ContainerFile file, Section section, StoredArray array) =>
        Read(new Reader(file, section, array.Offset), array);

    private static float[] Read(Reader bytes, StoredArray array) => array.Format switch
    {
        StoredFormat.BFloat16 => ReadBFloat16(bytes, array),
        StoredFormat.Int8 => ReadInt8(bytes, array),
        _ => ReadSingles(bytes, array.Rows * array.Columns),
    };

    private static float[] ReadSingles(Reader bytes, long count)
    {
        var values = new float[count];
        bytes.Read(MemoryMarshal.AsBytes(values.AsSpan()));
        if (!BitConverter.IsLittleEndian)
        {
            Span<uint> bits = MemoryMarshal.Cast<float, uint>(values.AsSpan());
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }

        return values;
    }

    private static float[] ReadBFloat16(Reader bytes, StoredArray array)
    {
        var values = new float[array.Rows * array.Columns];
        int at = 0;
        bytes.Pieces(array.Bytes, piece =>
        {
            for (int i = 0; i < piece.Length; i += sizeof(ushort))
            {
                values[at++] = BitConverter.UInt32BitsToSingle(
                    (uint)BinaryPrimitives.ReadUInt16LittleEndian(piece[i..]) << 16);
            }
        });
        return values;
    }

    private static float[] ReadInt8(Reader bytes, StoredArray array)
    {
        float[] scales = ReadSingles(bytes, array.Rows);
        var values = new float[array.Rows * array.Columns];
        int at = 0;
        bytes.Pieces(array.Rows * array.Columns, piece =>
        {
            foreach (byte value in piece)
            {
                values[at] = (sbyte)value * scales[at / array.Columns];
                at++;
            }
        });
        return values;
    }

    /// <summary>Reads a section from a place on, with the checksum of what has been read.</summary>
    private sealed class Reader(ContainerFile file, Section section, long begin = 0)
    {
        private long _at = begin;

        public uint Checksum { get; private set; }

        public void Read(Span<byte> destination)
        {
            file.Read(section, _at, destination);
            Checksum = Crc32C.Append(Checksum, destination);
            _at += destination.Length;
        }

        public void SkipTo(long offset)
        {
            Span<byte> padding = stackalloc byte[ContainerFile.Alignment];
            Read(padding[..(int)(offset - _at)]);
        }

        public void Pieces(long count, ReadOnlySpanAction take)
        {
            var buffer = new byte[Math.Min(count, PieceBytes)];
            while (count > 0)
            {
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(count, buffer.Length));
                Read(piece);
                take(piece);
                count -= piece.Length;
            }
        }
    }
}
