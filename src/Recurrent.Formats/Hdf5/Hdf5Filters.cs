using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Recurrent.Formats.Hdf5;

/// <summary>What was done to the bytes of a chunk before it was written, the first filter first.</summary>
internal sealed class Hdf5Filters
{
    private const int Deflate = 1;
    private const int Shuffle = 2;
    private const int MostFilters = 8;
    private const int FirstNamed = 256;

    private readonly List<int> _kinds = [];

    /// <summary>Reads a pipeline.</summary>
    /// <param name="block">The message; null if there is none.</param>
    /// <param name="name">The data set's name, for messages.</param>
    public static Hdf5Filters Read(Hdf5Block? block, string name)
    {
        var filters = new Hdf5Filters();
        if (block is null)
        {
            return filters;
        }

        int version = block.RequireVersion("a filter pipeline", 1, 2);
        int count = block.Byte();
        block.Skip(version == 1 ? 6 : 0);
        for (int i = 0; i < count; i++)
        {
            long at = block.Offset;
            int kind = block.UInt16();
            int nameBytes = version == 1 || kind >= FirstNamed ? block.UInt16() : 0;
            block.Skip(2);
            int values = block.UInt16();
            block.Skip(version == 1 ? (nameBytes + 7) & ~7 : nameBytes);
            block.Skip(sizeof(uint) * (values + (version == 1 ? values & 1 : 0)));
            if (kind is not (Deflate or Shuffle) || i == MostFilters)
            {
                throw Hdf5Refusal.At(
                    at, $"'/{name}': filter {kind} is not supported; expected deflate (1) and shuffle (2)");
            }

            filters._kinds.Add(kind);
        }

        return filters;
    }

    /// <summary>Undoes the filters.</summary>
    /// <param name="packed">A chunk as it lies in the file.</param>
    /// <param name="mask">A bit for each filter that was left out.</param>
    /// <param name="elementBytes">Bytes of an element.</param>
    /// <param name="buffers">Two of as many bytes as a chunk has to have. The result may be one of them.</param>
    /// <param name="what">The chunk, for messages.</param>
    public ReadOnlyMemory<byte> Unpack(
        ReadOnlyMemory<byte> packed, uint mask, int elementBytes, (byte[] One, byte[] Other) buffers, string what)
    {
        int size = buffers.One.Length;
        ReadOnlyMemory<byte> bytes = packed;
        for (int i = _kinds.Count - 1; i >= 0; i--)
        {
            if ((mask >> i & 1) != 0)
            {
                continue;
            }

            byte[] target = buffers.One;
            if (_kinds[i] == Deflate)
            {
                Inflate(bytes, target, what);
            }
            else
            {
                // What was shuffled after it was deflated has another size, that of the file.
                target = bytes.Length == size ? target : new byte[bytes.Length];
                Unshuffle(bytes.Span, elementBytes, target);
            }

            bytes = target;
            buffers = (buffers.Other, buffers.One);
        }

        return bytes.Length == size
            ? bytes
            : throw new ModelFormatException($"HDF5: {what} unpacks to {bytes.Length} bytes; expected {size}.");
    }

    private static void Inflate(ReadOnlyMemory<byte> packed, byte[] bytes, string what)
    {
        MemoryMarshal.TryGetArray(packed, out ArraySegment<byte> segment);
        try
        {
            using var inflater = new ZLibStream(
                new MemoryStream(segment.Array!, segment.Offset, segment.Count), CompressionMode.Decompress);
            int read = inflater.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read == bytes.Length && inflater.ReadByte() < 0)
            {
                return;
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // Memory gives no errors of input: the second kind says that the data asks for a dictionary.
            throw new ModelFormatException($"HDF5: {what} is damaged: {e.Message}", e);
        }

        throw new ModelFormatException($"HDF5: {what} does not unpack to {bytes.Length} bytes.");
    }

    /// <summary>Brings the bytes of each element together: all first bytes come first, then all second ones.</summary>
    private static void Unshuffle(ReadOnlySpan<byte> shuffled, int elementBytes, Span<byte> bytes)
    {
        int count = shuffled.Length / elementBytes;
        for (int part = 0; part < elementBytes; part++)
        {
            for (int i = 0; i < count; i++)
            {
                bytes[(i * elementBytes) + part] = shuffled[(part * count) + i];
            }
        }

        shuffled[(count * elementBytes)..].CopyTo(bytes[(count * elementBytes)..]);
    }
}
