using System.IO.MemoryMappedFiles;

namespace Recurrent.Fuzz;

/// <summary>Where a process tells which file it is at, so that this is known whatever becomes of the process.</summary>
internal sealed class ProgressFile : IDisposable
{
    private const int Bytes = 16;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public ProgressFile(string folder)
    {
        // Two processes have it open.
        FileStream stream = new(
            Path.Combine(folder, "progress"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        _file = MemoryMappedFile.CreateFromFile(
            stream, null, Bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, Bytes);
    }

    /// <summary>The number of the file that is read now.</summary>
    public long Case
    {
        get => _view.ReadInt64(0);
        set => _view.Write(0, value);
    }

    /// <summary>How many files have been read.</summary>
    public long Done
    {
        get => _view.ReadInt64(8);
        set => _view.Write(8, value);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
