using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Recurrent.Formats.Tensors;

/// <summary>
/// What .NET does not ask of Linux: to open a file of a folder without following a link anywhere, and what kind of file
/// an open one is.
/// </summary>
internal static partial class LinuxFile
{
    private const string Library = "libc";

    // Numbers of Linux, of which two differ between processors.
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int EmptyPath = 0x1000;
    private const uint TypeAndLinks = 0x1 | 0x4;
    private const int StatusBytes = 256;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int NotFound = 2;
    private const int NotAFolder = 20;
    private const int NameTooLong = 36;
    private const int TooManyLinks = 40;

    private static bool HasOtherFlags => RuntimeInformation.ProcessArchitecture
        is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le;

    private static int OnlyFolder => HasOtherFlags ? 0x4000 : 0x10000;

    private static int NoLink => HasOtherFlags ? 0x8000 : 0x20000;

    /// <summary>Opens a file below a folder for reading. It does not wait for who writes to a pipe.</summary>
    /// <param name="folder">The folder, which itself may be reached by links.</param>
    /// <param name="steps">The names of the folders from there, and of the file.</param>
    /// <returns>The file; null if there is none of this name.</returns>
    /// <exception cref="LinkException">One of the steps is a link, or none of a path.</exception>
    /// <exception cref="IOException">The system refuses for another reason.</exception>
    public static SafeFileHandle? OpenBelow(string folder, IReadOnlyList<string> steps)
    {
        SafeFileHandle at = Open(folder, OnlyFolder | CloseOnExec);
        for (int i = 0; i < steps.Count && !at.IsInvalid; i++)
        {
            using SafeFileHandle parent = at;
            at = OpenAt(
                parent, steps[i], NoLink | CloseOnExec | (i == steps.Count - 1 ? NonBlocking : OnlyFolder));
        }

        return at.IsInvalid ? Refuse(at) : at;
    }

    /// <summary>How many names a regular file has.</summary>
    /// <returns>The number; 0 if it is no regular file; null if this system does not tell.</returns>
    public static int? CountLinks(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        try
        {
            if (Status(file, "", EmptyPath, TypeAndLinks, ref MemoryMarshal.GetReference(status)) != 0)
            {
                return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // Older C libraries than glibc 2.28 and musl 1.2.5.
            return null;
        }

        int mode = BinaryPrimitives.ReadUInt16LittleEndian(status[28..]);
        return (mode & TypeMask) == RegularType ? (int)BinaryPrimitives.ReadUInt32LittleEndian(status[16..]) : 0;
    }

    private static SafeFileHandle? Refuse(SafeFileHandle invalid)
    {
        int error = Marshal.GetLastPInvokeError();
        invalid.Dispose();
        return error switch
        {
            NotFound or NameTooLong => null,
            TooManyLinks or NotAFolder => throw new LinkException(),
            _ => throw new IOException(new Win32Exception(error).Message),
        };
    }

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenAt(SafeFileHandle folder, string name, int flags);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(SafeFileHandle file, string path, int flags, uint mask, ref byte status);
}
