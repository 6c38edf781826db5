using System.Buffers.Binary;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>An entry of a zip file's directory.</summary>
internal readonly record struct ZipEntry(string Name, bool IsStored, long PackedSize, long Size, long HeaderOffset)
{
    private const int Stored = 0;
    private const int Deflated = 8;
    private const int EncryptedFlag = 1;
    private const int Extra64 = 1;

    /// <summary>Reads an entry.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="record">The part of it that has a fixed length.</param>
    /// <param name="extra">Its extra fields, where sizes of 64 bits are.</param>
    public static ZipEntry Read(string name, ReadOnlySpan<byte> record, ReadOnlySpan<byte> extra)
    {
        int method = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        if (method is not (Stored or Deflated))
        {
            throw new ModelFormatException($"zip: '{name}' is packed by method {method}; expected stored or deflated.");
        }

        if ((BinaryPrimitives.ReadUInt16LittleEndian(record[8..]) & EncryptedFlag) != 0)
        {
            throw new ModelFormatException($"zip: '{name}' is encrypted.");
        }

        ReadOnlySpan<byte> wide = FindWide(extra);
        long size = Take(BinaryPrimitives.ReadUInt32LittleEndian(record[24..]), ref wide, name);
        long packedSize = Take(BinaryPrimitives.ReadUInt32LittleEndian(record[20..]), ref wide, name);
        long headerOffset = Take(BinaryPrimitives.ReadUInt32LittleEndian(record[42..]), ref wide, name);
        return method == Deflated || size == packedSize
            ? new ZipEntry(name, method == Stored, packedSize, size, headerOffset)
            : throw new ModelFormatException($"zip: '{name}' is stored, in {packedSize} bytes for {size}.");
    }

    private static ReadOnlySpan<byte> FindWide(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int size = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            if (id == Extra64)
            {
                return extra.Slice(4, size);
            }

            extra = extra[(4 + size)..];
        }

        return default;
    }

    /// <summary>A value of 32 bits, or of 64 in the extra field if all of those are set.</summary>
    private static long Take(uint value, ref ReadOnlySpan<byte> wide, string name)
    {
        if (value != uint.MaxValue || wide.Length < sizeof(long))
        {
            return value;
        }

        long taken = BinaryPrimitives.ReadInt64LittleEndian(wide);
        wide = wide[sizeof(long)..];
        return taken >= 0 ? taken : throw new ModelFormatException($"zip: '{name}' has a size above {long.MaxValue}.");
    }
}
