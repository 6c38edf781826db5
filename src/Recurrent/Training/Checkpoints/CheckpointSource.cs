using Microsoft.Win32.SafeHandles;

namespace Recurrent.Training;

/// <summary>
/// The file of a checkpoint. It is open only while it is read: a run that goes on from it replaces it, which some systems
/// refuse for a file that is open.
/// </summary>
internal sealed class CheckpointSource
{
    // The checksums of everything are there; in older files, the last numbers.
    private const int EndBytes = 64;

    private readonly byte[] _end;

    /// <param name="path">The file.</param>
    /// <param name="handle">Gives the file as it is now, to be read from and disposed of.</param>
    /// <exception cref="InvalidDataException">It is a pipe or a device.</exception>
    public CheckpointSource(string path, out SafeFileHandle handle)
    {
        Path = path;
        handle = OpenHandle();
        try
        {
            Length = LengthOf(handle);
            _end = ReadEnd(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>Opens the file again.</summary>
    /// <exception cref="InvalidDataException">It is another one by now.</exception>
    public SafeFileHandle Open()
    {
        SafeFileHandle handle = OpenHandle();
        if (LengthOf(handle) == Length && ReadEnd(handle).AsSpan().SequenceEqual(_end))
        {
            return handle;
        }

        handle.Dispose();
        throw new InvalidDataException($"{Path}: it has been replaced since it was loaded; load it again.");
    }

    /// <summary>Reads bytes.</summary>
    /// <exception cref="InvalidDataException">The file ends before them.</exception>
    public void Read(SafeFileHandle handle, long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(handle, bytes, offset);
            if (read == 0)
            {
                throw new InvalidDataException($"{Path}: it has been cut while it was read.");
            }

            offset += read;
            bytes = bytes[read..];
        }
    }

    /// <summary>The error of a part that is not what was written.</summary>
    public InvalidDataException Damaged(string part, Exception? inner = null) =>
        new($"{Path}: {part} is damaged: {inner?.Message ?? "its checksum is not that of what was written."}", inner);

    private SafeFileHandle OpenHandle() => File.OpenHandle(
        Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.SequentialScan);

    private long LengthOf(SafeFileHandle handle)
    {
        try
        {
            return RandomAccess.GetLength(handle);
        }
        catch (NotSupportedException e)
        {
            throw new InvalidDataException($"{Path}: expected a file, found a pipe or a device.", e);
        }
    }

    private byte[] ReadEnd(SafeFileHandle handle)
    {
        var end = new byte[Math.Min(EndBytes, Length)];
        Read(handle, Length - end.Length, end);
        return end;
    }
}
