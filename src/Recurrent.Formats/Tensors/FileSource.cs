using Microsoft.Win32.SafeHandles;

namespace Recurrent.Formats.Tensors;

/// <summary>
/// A file on disk. It is read with calls that can fail, and mapped only when somebody asks for its bytes without a
/// copy: what touches a mapping of a file that has been cut ends the process, what reads such a file gets an
/// exception.
/// </summary>
internal sealed class FileSource : ByteSource
{
    private readonly SafeFileHandle _handle;
    private readonly Lazy<MappedFile> _mapping;

    private FileSource(SafeFileHandle handle, long length)
    {
        _handle = handle;
        Length = length;
        _mapping = new Lazy<MappedFile>(Map);
    }

    public override long Length { get; }

    /// <summary>Opens a file for reading; others may still rename or delete it.</summary>
    /// <exception cref="ModelFormatException">
    /// It is not a file with a length, such as a pipe, or is not the file itself but what stands for it.
    /// </exception>
    public static FileSource Open(string path)
    {
        FileSource source = OpenAny(path);
        if (StandIn.Describe(source) is { } standIn)
        {
            source.Dispose();
            throw new ModelFormatException($"{path}: {standIn}");
        }

        return source;
    }

    /// <summary>Takes a file that is open.</summary>
    public static FileSource Of(SafeFileHandle handle) => new(handle, RandomAccess.GetLength(handle));

    public override void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, destination, offset);
            if (read == 0)
            {
                throw WasCut();
            }

            offset += read;
            destination = destination[read..];
        }
    }

    public override ReadOnlyMemory<byte> Slice(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return length == 0 ? ReadOnlyMemory<byte>.Empty : new MappedMemory(_mapping.Value, offset, length).Memory;
    }

    public override void Dispose()
    {
        if (_mapping.IsValueCreated)
        {
            _mapping.Value.Dispose();
        }

        _handle.Dispose();
    }

    private static FileSource OpenAny(string path)
    {
        if (File.Exists(path) && RegularFile.Length(path) == 0)
        {
            throw new ModelFormatException($"{path}: expected a file with a length, found an empty file, a device or a pipe.");
        }

        SafeFileHandle handle = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        try
        {
            return new FileSource(handle, RandomAccess.GetLength(handle));
        }
        catch (NotSupportedException e)
        {
            handle.Dispose();
            throw new ModelFormatException($"{path}: expected a file with a length, found a device or a pipe.", e);
        }
    }

    private MappedFile Map() =>
        RandomAccess.GetLength(_handle) >= Length ? new MappedFile(_handle, Length) : throw WasCut();

    private ModelFormatException WasCut() => new($"the file had {Length} bytes when it was opened, and now has fewer.");
}
