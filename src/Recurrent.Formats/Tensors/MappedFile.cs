using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Recurrent.Formats.Tensors;

/// <summary>A file mapped into memory for reading, until it is disposed of or nothing refers to it any more.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    public MappedFile(SafeFileHandle handle, long length)
    {
        _file = MemoryMappedFile.CreateFromFile(
            handle, mapName: null, length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);

        // The count of the handle is given back at once: with it, the finalizer would not unmap.
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _start = start + _view.PointerOffset;
    }

    /// <summary>The address of a byte of the file.</summary>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    public byte* AddressOf(long offset)
    {
        ObjectDisposedException.ThrowIf(_view.SafeMemoryMappedViewHandle.IsClosed, this);
        return _start + offset;
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
