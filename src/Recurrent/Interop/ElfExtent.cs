using System.Buffers.Binary;

namespace Recurrent.Interop;

/// <summary>
/// How long an ELF file has to be to hold what its header says it holds. Offsets are those of the ELF-64 specification.
/// </summary>
internal static class ElfExtent
{
    private const int HeaderSize = 64;
    private const int MinimumSegmentEntry = 40;

    /// <summary>Reads the header of a file.</summary>
    /// <returns>Bytes; null if it is no little-endian ELF-64 file, or cannot be read.</returns>
    internal static long? Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Read(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The system's loader has the better words for that.
            return null;
        }
    }

    /// <summary>Reads the header of a file's contents.</summary>
    internal static long? Read(Stream file)
    {
        byte[] header = new byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize
            || !header.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            return null;
        }

        Table segments = Table.Of(header, offsetAt: 32, entrySizeAt: 54, countAt: 56);
        Table sections = Table.Of(header, offsetAt: 40, entrySizeAt: 58, countAt: 60);
        ulong end = Math.Max(Math.Max(segments.End, sections.End), HeaderSize);
        if (segments.EntrySize >= MinimumSegmentEntry && segments.End <= (ulong)file.Length)
        {
            byte[] entries = new byte[segments.Size];
            file.Position = (long)segments.Offset;
            file.ReadExactly(entries);
            for (int entry = 0; entry < entries.Length; entry += segments.EntrySize)
            {
                ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(entry + 8));
                ulong size = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(entry + 32));
                end = Math.Max(end, Sum(offset, size));
            }
        }

        return (long)Math.Min(end, long.MaxValue);
    }

    /// <summary>A sum that stays at the largest number instead of beginning again at 0.</summary>
    private static ulong Sum(ulong a, ulong b) => a + b < a ? ulong.MaxValue : a + b;

    /// <summary>A table of equally large entries.</summary>
    private readonly record struct Table(ulong Offset, int EntrySize, int Count)
    {
        public int Size => EntrySize * Count;

        public ulong End => Count == 0 ? 0 : Sum(Offset, (uint)Size);

        public static Table Of(ReadOnlySpan<byte> header, int offsetAt, int entrySizeAt, int countAt) => new(
            BinaryPrimitives.ReadUInt64LittleEndian(header[offsetAt..]),
            BinaryPrimitives.ReadUInt16LittleEndian(header[entrySizeAt..]),
            BinaryPrimitives.ReadUInt16LittleEndian(header[countAt..]));
    }
}
