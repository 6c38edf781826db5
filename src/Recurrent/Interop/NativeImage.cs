using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Recurrent.Interop;

/// <summary>
/// What a file says about the platform that it was built for; the loader's own errors seldom do. Numbers are those of
/// the ELF, PE/COFF and Mach-O specifications.
/// </summary>
/// <param name="Format">Name of the format: ELF, PE, Mach-O.</param>
/// <param name="Architecture">The processor, or null for one that .NET does not run on.</param>
internal readonly record struct NativeImage(string Format, Architecture? Architecture)
{
    private const int HeaderSize = 4096;

    /// <summary>The format that this system loads.</summary>
    internal static string SystemFormat =>
        OperatingSystem.IsWindows() ? "PE" : OperatingSystem.IsMacOS() ? "Mach-O" : "ELF";

    /// <summary>Whether this process can load such a library.</summary>
    internal bool IsLoadable => Format == SystemFormat && Architecture == RuntimeInformation.ProcessArchitecture;

    /// <summary>Reads the beginning of a file.</summary>
    /// <returns>Null if it is no library of a known format, or holds code for several architectures.</returns>
    internal static NativeImage? Read(string path)
    {
        byte[] header = new byte[HeaderSize];
        using FileStream file = File.OpenRead(path);
        int length = file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false);
        return Parse(header.AsSpan(0, length));
    }

    /// <summary>Reads the beginning of a file's contents.</summary>
    internal static NativeImage? Parse(ReadOnlySpan<byte> header)
    {
        if (header.Length < 64)
        {
            return null;
        }

        if (header.StartsWith("\x7F"u8) && header[1..].StartsWith("ELF"u8))
        {
            return new NativeImage("ELF", ElfArchitecture(BinaryPrimitives.ReadUInt16LittleEndian(header[18..])));
        }

        if (header.StartsWith("MZ"u8))
        {
            return ParsePortableExecutable(header);
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(header) == 0xFEEDFACF
            ? new NativeImage("Mach-O", MachArchitecture(BinaryPrimitives.ReadUInt32LittleEndian(header[4..])))
            : null;
    }

    private static NativeImage? ParsePortableExecutable(ReadOnlySpan<byte> header)
    {
        int offset = BinaryPrimitives.ReadInt32LittleEndian(header[60..]);
        if (offset < 0 || offset > header.Length - 6 || !header[offset..].StartsWith("PE\0\0"u8))
        {
            return null;
        }

        return new NativeImage("PE", PeArchitecture(BinaryPrimitives.ReadUInt16LittleEndian(header[(offset + 4)..])));
    }

    private static Architecture? ElfArchitecture(ushort machine) => machine switch
    {
        3 => System.Runtime.InteropServices.Architecture.X86,
        40 => System.Runtime.InteropServices.Architecture.Arm,
        62 => System.Runtime.InteropServices.Architecture.X64,
        183 => System.Runtime.InteropServices.Architecture.Arm64,
#if NET9_0_OR_GREATER
        243 => System.Runtime.InteropServices.Architecture.RiscV64,
#endif
        _ => null,
    };

    private static Architecture? PeArchitecture(ushort machine) => machine switch
    {
        0x14C => System.Runtime.InteropServices.Architecture.X86,
        0x8664 => System.Runtime.InteropServices.Architecture.X64,
        0xAA64 => System.Runtime.InteropServices.Architecture.Arm64,
        _ => null,
    };

    private static Architecture? MachArchitecture(uint processor) => processor switch
    {
        0x01000007 => System.Runtime.InteropServices.Architecture.X64,
        0x0100000C => System.Runtime.InteropServices.Architecture.Arm64,
        _ => null,
    };
}
