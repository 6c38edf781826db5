using Microsoft.Win32.SafeHandles;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// A file on disk. It is opened for every read, so that nothing has to be closed; reads are few and large. The bytes go
/// where they are wanted without another copy, and no page of the file stays in the process.
/// </summary>
internal sealed class FileByteSource : WireSource
{
    private readonly string _path;

    public FileByteSource(string path)
    {
        _path = Path.GetFullPath(path);
        Place = $"{path}: ";
        if (!File.Exists(_path) || RegularFile.Length(_path) > 0)
        {
            using SafeFileHandle handle = File.OpenHandle(_path);
            Length = RandomAccess.GetLength(handle);
        }
    }

    public override long Length { get; }

    public override string Place { get; }

    protected override void ReadWithin(long offset, Span<byte> destination)
    {
        using SafeFileHandle handle = File.OpenHandle(_path);
        while (!destination.IsEmpty)
        {
            int count = RandomAccess.Read(handle, destination, offset);
            if (count == 0)
            {
                throw new ModelFormatException($"{Place}the file became shorter while it was read.");
            }

            destination = destination[count..];
            offset += count;
        }
    }
}
