using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Recurrent.Interop;

namespace Recurrent.Tests.Interop;

/// <summary>Formats and processors are told apart by the first bytes of a library.</summary>
public sealed class NativeImageTests
{
    [Theory]
    [InlineData(62, Architecture.X64)]
    [InlineData(183, Architecture.Arm64)]
    [InlineData(3, Architecture.X86)]
    [InlineData(0x1234, null)]
    public void An_elf_file_tells_its_processor(ushort machine, Architecture? expected) =>
        Assert.Equal(new NativeImage("ELF", expected), NativeImage.Parse(Elf(machine)));

    [Theory]
    [InlineData(0x8664, Architecture.X64)]
    [InlineData(0xAA64, Architecture.Arm64)]
    [InlineData(0x14C, Architecture.X86)]
    public void A_pe_file_tells_its_processor(ushort machine, Architecture expected)
    {
        byte[] header = new byte[256];
        "MZ"u8.CopyTo(header);
        header[60] = 128;
        "PE\0\0"u8.CopyTo(header.AsSpan(128));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(132), machine);

        Assert.Equal(new NativeImage("PE", expected), NativeImage.Parse(header));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(253)]
    public void A_pe_file_whose_header_is_out_of_reach_is_no_library(int offset)
    {
        byte[] header = new byte[256];
        "MZ"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(60), offset);

        Assert.Null(NativeImage.Parse(header));
    }

    [Theory]
    [InlineData(0x01000007, Architecture.X64)]
    [InlineData(0x0100000C, Architecture.Arm64)]
    public void A_mach_o_file_tells_its_processor(uint processor, Architecture expected)
    {
        byte[] header = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xFEEDFACF);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), processor);

        Assert.Equal(new NativeImage("Mach-O", expected), NativeImage.Parse(header));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(200)]
    public void Anything_else_is_no_library(int length) => Assert.Null(NativeImage.Parse(new byte[length]));

    /// <summary>The first bytes of an ELF file for a processor.</summary>
    internal static byte[] Elf(ushort machine)
    {
        byte[] header = new byte[64];
        header[0] = 0x7F;
        "ELF"u8.CopyTo(header.AsSpan(1));
        header[4] = 2;
        header[5] = 1;
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(16), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(18), machine);
        return header;
    }
}
