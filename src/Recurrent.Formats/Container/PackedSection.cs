using Recurrent.Files;

namespace Recurrent.Formats.Container;

/// <summary>
/// The packed weights of a model file, which the native library reads (<c>native/src/file/packed_section.cpp</c>). Here they are
/// checked as there, so that a file is the same to everybody, and described.
/// </summary>
internal static class PackedSection
{
    private const uint Version = 1;
    private const int HeadBytes = 32;
    private const int RecordBytes = 80;
    private const int MostRecords = 8192;
    private const uint LayoutFlags = 3;

    private const int PieceBytes = 1 << 16;

    /// <summary>What the section says; null if the file has none.</summary>
    /// <exception cref="ModelFormatException">It is damaged.</exception>
    public static PackedWeights? Read(ContainerFile file)
    {
        if (file.Find(SectionType.Packed) is not { } section)
        {
            return null;
        }

        RequireChecksum(file, section);
        SectionReader head = Part(file, section, 0, (int)Math.Min(HeadBytes, section.Length));
        uint version = head.ReadUInt32();

        // Of another version nothing else is known.
        return version == Version
            ? ReadVersion(file, section, head)
            : new PackedWeights { Version = version, Bytes = section.Length };
    }

    private static PackedWeights ReadVersion(ContainerFile file, Section section, SectionReader head)
    {
        int isa = head.ReadInt32();
        long place = head.Place;
        uint count = head.ReadUInt32();
        bool isOfModel = head.ReadUInt32() == file.Get(SectionType.Model).Checksum;
        isOfModel &= head.ReadUInt32() == file.Get(SectionType.Weights).Checksum;
        for (int i = 0; i < 3; i++)
        {
            long reserved = head.Place;
            uint found = head.ReadUInt32();
            ContainerFile.Require(found == 0, reserved, $"0, found {found}");
        }

        long left = section.Length - HeadBytes;
        ContainerFile.Require(
            count <= MostRecords && count <= left / RecordBytes, place,
            $"at most {MostRecords} packed buffers, found {count} in {left} bytes");
        SectionReader records = Part(file, section, HeadBytes, (int)count * RecordBytes);
        long end = HeadBytes + (count * (long)RecordBytes);
        for (uint i = 0; i < count; i++)
        {
            end = ReadRecord(records, section, end);
        }

        ContainerFile.Require(
            end == section.Length, section.Offset + end,
            $"the end of the packed weights, found {section.Length - end} more bytes");
        return new PackedWeights
        {
            Version = Version,
            InstructionSet = Enum.IsDefined((InstructionSet)isa) && isa >= 0 ? (InstructionSet)isa : null,
            IsOfModel = isOfModel,
            Bytes = section.Length,
        };
    }

    // Which buffer it is and how it lies is compared where weights are packed. Gives where the buffer ends.
    private static long ReadRecord(SectionReader records, Section section, long end)
    {
        const int NumbersInFront = 5;
        const int NumbersOfShape = 5;
        for (int i = 0; i < NumbersInFront; i++)
        {
            records.ReadUInt32();
        }

        long place = records.Place;
        uint flags = records.ReadUInt32();
        ContainerFile.Require(flags <= LayoutFlags, place, $"a layout of integers from 0 to 3, found {flags}");
        for (int i = 0; i < NumbersOfShape; i++)
        {
            records.ReadUInt64();
        }

        long bytesPlace = records.Place;
        ulong bytes = records.ReadUInt64();
        place = records.Place;
        ulong offset = records.ReadUInt64();
        long begin = ContainerFile.Align(end);
        ContainerFile.Require(
            offset == (ulong)begin, place, $"a packed buffer at byte {begin} of its section, found it at {offset}");
        ContainerFile.Require(
            begin <= section.Length && bytes <= (ulong)(section.Length - begin), bytesPlace,
            $"a packed buffer that ends in its section of {section.Length} bytes, found {bytes} bytes at byte {begin}");
        return begin + (long)bytes;
    }

    private static SectionReader Part(ContainerFile file, Section section, long offset, int count)
    {
        var bytes = new byte[count];
        file.Read(section, offset, bytes);
        return new SectionReader(bytes, section.Offset + offset);
    }

    private static void RequireChecksum(ContainerFile file, Section section)
    {
        var buffer = new byte[Math.Min(section.Length, PieceBytes)];
        uint checksum = 0;
        for (long at = 0; at < section.Length; at += buffer.Length)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, section.Length - at));
            file.Read(section, at, piece);
            checksum = Crc32C.Append(checksum, piece);
        }

        ContainerFile.RequireChecksum(section, checksum);
    }
}
