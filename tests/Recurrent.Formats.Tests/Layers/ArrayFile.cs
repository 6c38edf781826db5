using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Recurrent.Formats.Tests.Layers;

/// <summary>NumPy's <c>.npy</c> files, as the cases have them: version 1, C order, float32 or int64.</summary>
internal static class ArrayFile
{
    private const int Preamble = 10;

    public static (int[] Shape, float[] Values) Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        string header = Encoding.ASCII.GetString(bytes, Preamble, length);
        int begin = header.IndexOf('(', StringComparison.Ordinal) + 1;
        int[] shape =
        [
            .. header[begin..header.IndexOf(')', StringComparison.Ordinal)]
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(size => int.Parse(size, CultureInfo.InvariantCulture)),
        ];
        ReadOnlySpan<byte> data = bytes.AsSpan(Preamble + length);
        return header.Contains("<i8", StringComparison.Ordinal)
            ? (shape, [.. MemoryMarshal.Cast<byte, long>(data).ToArray().Select(value => (float)value)])
            : (shape, MemoryMarshal.Cast<byte, float>(data).ToArray());
    }

    public static void Write(string path, IReadOnlyList<int> shape, ReadOnlySpan<float> values, bool areIndices)
    {
        string header = $"{{'descr': '{(areIndices ? "<i8" : "<f4")}', 'fortran_order': False, 'shape': ({string.Join(", ", shape)},), }}";
        header = header.PadRight(((Preamble + header.Length + 64) / 64 * 64) - Preamble - 1) + "\n";
        using FileStream stream = File.Create(path);
        stream.Write([0x93, .. "NUMPY"u8, 1, 0]);
        stream.Write(BitConverter.GetBytes((ushort)header.Length));
        stream.Write(Encoding.ASCII.GetBytes(header));
        stream.Write(areIndices
            ? MemoryMarshal.AsBytes(values.ToArray().Select(value => (long)value).ToArray().AsSpan())
            : MemoryMarshal.AsBytes(values));
    }
}
