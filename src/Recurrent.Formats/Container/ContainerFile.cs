using System.Buffers.Binary;
using Recurrent.Files;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Container;

/// <summary>
/// The header and the table of sections of a model file, checked: every section lies inside the file and apart from the
/// others, and the required ones are known. <c>docs/container.md</c> describes the format.
/// </summary>
internal sealed class ContainerFile
{
    public const int HeaderBytes = 64;
    public const int EntryBytes = 32;
    public const int Alignment = 64;
    public const uint Version = 1;

    private const int MostSections = 256;
    private const int ReservedAt = 28;
    private const int HeaderChecksumAt = 60;

    private readonly ByteSource _source;
    private readonly List<Section> _sections = [];

    private ContainerFile(ByteSource source) => _source = source;

    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'R', (byte)'C', (byte)'R', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    public static bool Recognizes(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Magic);

    /// <summary>The header of a file, with its checksum.</summary>
    public static byte[] WriteHeader(int sections, long size, uint tableChecksum)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), sections);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), size);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(24), tableChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header.AsSpan(HeaderChecksumAt), Crc32C.Of(header.AsSpan(0, HeaderChecksumAt)));
        return header;
    }

    /// <summary>The next place where a section, or the weights in theirs, may begin.</summary>
    public static long Align(long end) => (end + Alignment - 1) / Alignment * Alignment;

    /// <exception cref="ModelFormatException">The file is damaged, or holds what is not known.</exception>
    public static ContainerFile Read(ByteSource source)
    {
        var file = new ContainerFile(source);
        (int count, uint checksum) = file.ReadHeader();
        var table = new byte[count * EntryBytes];
        source.Read(HeaderBytes, table);
        Require(
            Crc32C.Of(table) == checksum, HeaderBytes,
            $"the checksum {checksum:x8} of the table of sections, found {Crc32C.Of(table):x8}: it is damaged");
        long end = HeaderBytes + table.Length;
        for (int i = 0; i < count; i++)
        {
            Section section = file.ReadEntry(
                table.AsSpan(i * EntryBytes, EntryBytes), HeaderBytes + (i * EntryBytes), Align(end));
            file._sections.Add(section);
            end = section.Offset + section.Length;
        }

        Require(
            end == source.Length, end,
            $"the end of the file behind its last section, found {source.Length - end} more bytes");
        return file;
    }

    /// <summary>A section; null if there is none.</summary>
    public Section? Find(SectionType type)
    {
        int index = _sections.FindIndex(section => section.Type == type);
        return index < 0 ? null : _sections[index];
    }

    /// <summary>A section that has to be there.</summary>
    public Section Get(SectionType type) =>
        Find(type) ?? throw Refusal(HeaderBytes, $"a section of type {(uint)type}, found none");

    /// <summary>Reads the numbers of a section, whose checksum is right.</summary>
    public SectionReader Open(Section section)
    {
        Require(
            section.Length <= Array.MaxLength, section.Offset,
            $"a section of at most {Array.MaxLength} bytes, found {section.Length}");
        var bytes = new byte[section.Length];
        _source.Read(section.Offset, bytes);
        RequireChecksum(section, Crc32C.Of(bytes));
        return new SectionReader(bytes, section.Offset);
    }

    /// <summary>Reads a piece of a section; its checksum is the caller's affair.</summary>
    public void Read(Section section, long offset, Span<byte> destination) =>
        _source.Read(section.Offset + offset, destination);

    public static void RequireChecksum(Section section, uint found) => Require(
        found == section.Checksum, section.Offset,
        $"the checksum {section.Checksum:x8} of the section of type {(uint)section.Type}, found {found:x8}: it is damaged");

    public static void Require(bool holds, long offset, string expected)
    {
        if (!holds)
        {
            throw Refusal(offset, expected);
        }
    }

    public static ModelFormatException Refusal(long offset, string expected) => new($"byte {offset}: expected {expected}.");

    private (int Count, uint TableChecksum) ReadHeader()
    {
        Require(
            _source.Length >= HeaderBytes, 0,
            $"a model file, which has {HeaderBytes} bytes or more, found {_source.Length}");
        var header = new byte[HeaderBytes];
        _source.Read(0, header);
        Require(Recognizes(header), 0, "a model file, which begins with 89 52 43 52 0D 0A 1A 0A, found other bytes");
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(HeaderChecksumAt));
        uint found = Crc32C.Of(header.AsSpan(0, HeaderChecksumAt));
        Require(
            found == checksum, HeaderChecksumAt,
            $"the checksum {checksum:x8} of the header, found {found:x8}: it is damaged");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8));
        Require(
            version == Version, 8, $"version {Version} of the format, found {version}: a newer library may read it");
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12));
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(16));
        Require(size == (ulong)_source.Length, 16, $"a file of {size} bytes, found {_source.Length}");
        Require(
            !header.AsSpan(ReservedAt, HeaderChecksumAt - ReservedAt).ContainsAnyExcept((byte)0), ReservedAt,
            "zeros, found other bytes");
        Require(count is >= 1 and <= MostSections, 12, $"1 to {MostSections} sections, found {count}");
        long most = (_source.Length - HeaderBytes) / EntryBytes;
        Require(count <= most, 12, $"{most} sections at most in a file of {_source.Length} bytes, found {count}");
        return ((int)count, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(24)));
    }

    // Each begins behind the one before, at the next multiple of the alignment.
    private Section ReadEntry(ReadOnlySpan<byte> entry, long place, long begin)
    {
        uint type = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]);
        uint reserved = BinaryPrimitives.ReadUInt32LittleEndian(entry[28..]);
        bool isRequired = flags == 1;
        Require(flags <= 1, place + 4, $"the flags 0 or 1 of a section, found {flags}");
        Require(offset == (ulong)begin, place + 8, $"the section at byte {begin}, found it at {offset}");
        long room = Math.Max(0, _source.Length - begin);
        Require(
            begin <= _source.Length && length <= (ulong)room, place + 16,
            $"a section of at most {room} bytes at byte {begin}, found {length}");
        Require(reserved == 0, place + 28, $"0, found {reserved}");
        bool isKnown = Enum.IsDefined((SectionType)type);
        Require(
            !isKnown || Find((SectionType)type) is null, place, $"one section of type {type}, found another");
        Require(
            isKnown || !isRequired, place,
            $"sections of types 1 to {(uint)SectionType.Packed}, found one of type {type} that has to be understood: a newer "
            + "library may read it");
        return new Section((SectionType)type, isRequired, begin, (long)length, checksum);
    }
}
