using System.Buffers.Binary;
using System.Numerics;

namespace Recurrent.Tests.Shared;

/// <summary>Checksums of damaged model files of this library: behind wrong ones nothing else is looked at.</summary>
internal static class ContainerChecksums
{
    private const int HeaderBytes = 64;
    private const int EntryBytes = 32;

    /// <summary>Makes the checksums of a file right again, as far as it still says where they are.</summary>
    public static void Renew(Span<byte> file)
    {
        if (file.Length < HeaderBytes)
        {
            return;
        }

        uint count = BinaryPrimitives.ReadUInt32LittleEndian(file[12..]);
        if (count > (file.Length - HeaderBytes) / EntryBytes)
        {
            return;
        }

        Span<byte> table = file.Slice(HeaderBytes, (int)count * EntryBytes);
        for (int at = 0; at < table.Length; at += EntryBytes)
        {
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(table[(at + 8)..]);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(table[(at + 16)..]);
            if (offset <= (ulong)file.Length && length <= (ulong)file.Length - offset)
            {
                Set(table[(at + 24)..], file.Slice((int)offset, (int)length));
            }
        }

        Set(file[24..], table);
        Set(file[60..], file[..60]);
    }

    /// <summary>Where the first section ends, which is the model in files that this library has written.</summary>
    public static int EndOfFirstSection(ReadOnlySpan<byte> file) =>
        (int)(BinaryPrimitives.ReadInt64LittleEndian(file[(HeaderBytes + 8)..])
            + BinaryPrimitives.ReadInt64LittleEndian(file[(HeaderBytes + 16)..]));

    /// <summary>
    /// Where the last section begins: packed weights, of a file that has them. 0 of a file that does not say.
    /// </summary>
    public static int BeginningOfLastSection(ReadOnlySpan<byte> file)
    {
        uint sections = BinaryPrimitives.ReadUInt32LittleEndian(file[12..]);
        if (sections == 0 || sections > (file.Length - HeaderBytes) / EntryBytes)
        {
            return 0;
        }

        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(
            file[(HeaderBytes + (((int)sections - 1) * EntryBytes) + 8)..]);
        return offset < (ulong)file.Length ? (int)offset : 0;
    }

    private static void Set(Span<byte> place, ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(place, ~crc);
    }
}
