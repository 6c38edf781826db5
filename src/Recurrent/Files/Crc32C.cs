using System.Buffers.Binary;
using System.Numerics;

namespace Recurrent.Files;

/// <summary>The checksum CRC-32C (Castagnoli; RFC 3720), going on from that of the bytes before.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of some bytes behind others.</summary>
    /// <param name="before">The checksum of the bytes before; 0 if there are none.</param>
    /// <param name="bytes">The bytes.</param>
    public static uint Append(uint before, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~before;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);
}
