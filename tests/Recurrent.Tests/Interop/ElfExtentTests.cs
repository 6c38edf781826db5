using System.Buffers.Binary;
using Recurrent.Interop;

namespace Recurrent.Tests.Interop;

/// <summary>The length that an ELF file promises, whatever nonsense its header holds.</summary>
public sealed class ElfExtentTests
{
    private const int SegmentsAt = 64;
    private const int SegmentSize = 56;

    [Fact]
    public void The_farthest_of_header_tables_and_segments_counts()
    {
        Assert.Equal(64, Extent(Elf(segments: [])));
        Assert.Equal(64 + (2 * SegmentSize), Extent(Elf((0, 100), (10, 20))));
        Assert.Equal(5000, Extent(Elf((0, 100), (1000, 4000))));
        byte[] withSections = Elf((1000, 4000));
        BinaryPrimitives.WriteUInt64LittleEndian(withSections.AsSpan(40), 6000);
        BinaryPrimitives.WriteUInt16LittleEndian(withSections.AsSpan(58), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(withSections.AsSpan(60), 3);
        Assert.Equal(6000 + (3 * 64), Extent(withSections));
    }

    [Fact]
    public void Offsets_that_no_file_can_have_do_not_wrap_around()
    {
        Assert.Equal(long.MaxValue, Extent(Elf((ulong.MaxValue - 10, 20))));
        byte[] table = Elf((0, 100));
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(32), ulong.MaxValue);
        Assert.Equal(long.MaxValue, Extent(table));
    }

    [Fact]
    public void A_table_beyond_the_end_is_promised_but_not_read() =>
        Assert.Equal(64 + (2 * SegmentSize), Extent(Elf((0, 100), (1000, 4000))[..150]));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    public void Other_files_promise_nothing(int at, byte value)
    {
        byte[] header = Elf((0, 100));
        header[at] = value;
        Assert.Null(Extent(header));
        Assert.Null(Extent(Elf((0, 100))[..63]));
    }

    [Fact]
    public void A_file_that_cannot_be_read_promises_nothing() => Assert.Null(ElfExtent.Read("no-such-folder/file"));

    private static long? Extent(byte[] contents) => ElfExtent.Read(new MemoryStream(contents));

    private static byte[] Elf(params (ulong Offset, ulong Size)[] segments)
    {
        byte[] contents = [.. NativeImageTests.Elf(62), .. new byte[segments.Length * SegmentSize]];
        BinaryPrimitives.WriteUInt64LittleEndian(contents.AsSpan(32), SegmentsAt);
        BinaryPrimitives.WriteUInt16LittleEndian(contents.AsSpan(54), SegmentSize);
        BinaryPrimitives.WriteUInt16LittleEndian(contents.AsSpan(56), (ushort)segments.Length);
        for (int i = 0; i < segments.Length; i++)
        {
            Span<byte> segment = contents.AsSpan(SegmentsAt + (i * SegmentSize));
            BinaryPrimitives.WriteUInt64LittleEndian(segment[8..], segments[i].Offset);
            BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], segments[i].Size);
        }

        return contents;
    }
}
