using System.Buffers.Binary;
using System.Text;

namespace Recurrent.Cli.Data;

/// <summary>
/// NumPy's <c>.npy</c>: a magic string, a version, the length of a header, the header (a Python dictionary in text), data.
/// </summary>
internal static class NpyFile
{
    private const int LongestHeader = 1 << 16;
    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Takes the contents of a file.</summary>
    /// <exception cref="DataFormatException">They are not those of such a file, or of one that is not supported.</exception>
    public static DataArray Parse(ReadOnlySpan<byte> bytes)
    {
        int lengthBytes = LengthBytes(bytes);
        int headerAt = Magic.Length + 2 + lengthBytes;
        if (bytes.Length < headerAt)
        {
            throw new DataFormatException($"byte {bytes.Length}: the file ends before the length of its header.");
        }

        ReadOnlySpan<byte> length = bytes[(Magic.Length + 2)..headerAt];
        uint headerBytes = lengthBytes == 2
            ? BinaryPrimitives.ReadUInt16LittleEndian(length)
            : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (headerBytes > LongestHeader || headerBytes > (uint)(bytes.Length - headerAt))
        {
            throw new DataFormatException(
                $"byte {Magic.Length + 2}: expected a header of at most {LongestHeader} bytes that the file holds, "
                + $"found a length of {headerBytes} and {bytes.Length - headerAt} bytes.");
        }

        int dataAt = headerAt + (int)headerBytes;
        NpyHeader header = NpyHeader.Parse(Encoding.Latin1.GetString(bytes[headerAt..dataAt]), headerAt);
        ReadOnlySpan<byte> data = bytes[dataAt..];
        long expected = header.Count * header.Type.Size;
        if (data.Length != expected)
        {
            throw new DataFormatException(
                $"byte {dataAt}: expected {expected} bytes of data for shape [{string.Join(", ", header.Shape)}] of "
                + $"{header.Type.Name}, found {data.Length}.");
        }

        float[] values = header.Type.ToSingles(data);
        return new DataArray(header.Shape, header.IsFortranOrder ? ToRowMajor(values, header.Shape) : values)
        {
            IsInteger = header.Type.IsInteger,
        };
    }

    /// <summary>Writes a file of version 1 with 32-bit floats.</summary>
    public static void Write(Stream stream, DataArray array)
    {
        string shape = array.Shape.Count == 1 ? $"{array.Shape[0]}," : string.Join(", ", array.Shape);
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}";
        int before = Magic.Length + 2 + sizeof(ushort);
        int padded = (before + header.Length + 1 + Alignment - 1) / Alignment * Alignment;
        header = header.PadRight(padded - before - 1) + '\n';
        using var writer = new BinaryWriter(stream, Encoding.Latin1, leaveOpen: true);
        writer.Write(Magic);
        writer.Write((byte)1);
        writer.Write((byte)0);
        writer.Write((ushort)header.Length);
        writer.Write(Encoding.Latin1.GetBytes(header));
        foreach (float value in array.Values)
        {
            writer.Write(value);
        }
    }

    private static int LengthBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Magic.Length + 2 || !bytes.StartsWith(Magic))
        {
            throw new DataFormatException("byte 0: expected the beginning of a .npy file, \\x93NUMPY and a version.");
        }

        return bytes[Magic.Length] switch
        {
            1 => sizeof(ushort),
            2 or 3 => sizeof(uint),
            byte version => throw new DataFormatException(
                $"byte {Magic.Length}: expected version 1, 2 or 3, found {version}."),
        };
    }

    // The first axis is the fastest there.
    private static float[] ToRowMajor(float[] values, int[] shape)
    {
        var ordered = new float[values.Length];
        var position = new int[shape.Length];
        for (int from = 0; from < values.Length; from++)
        {
            int to = 0;
            for (int axis = 0; axis < shape.Length; axis++)
            {
                to = (to * shape[axis]) + position[axis];
            }

            ordered[to] = values[from];
            for (int axis = 0; axis < shape.Length && ++position[axis] == shape[axis]; axis++)
            {
                position[axis] = 0;
            }
        }

        return ordered;
    }
}
