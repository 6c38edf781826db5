using System.Text;

namespace Recurrent.Files;

/// <summary>
/// A file that appears whole or not at all: it is written beside the one that is there, flushed to the disk, and renamed.
/// Whoever reads the path, and whatever ends this process, finds the old file or the new one. Nothing is left beside it,
/// also when it cannot be written; what a killed process has left is removed by the next one that writes the same file.
/// </summary>
/// <remarks>
/// A symbolic link stays one, and its target is replaced; permissions stay. A pipe or a device is written to as it is.
/// </remarks>
internal sealed class AtomicFile : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly string _path;
    private readonly string? _partial;
    private readonly FileStream _stream;
    private readonly Action<string> _flushFolder;
    private bool _isCommitted;

    private AtomicFile(string path, string? partial, FileStream stream, Action<string> flushFolder)
    {
        _path = path;
        _partial = partial;
        _stream = stream;
        _flushFolder = flushFolder;
    }

    /// <summary>Where the contents go.</summary>
    public Stream Stream => _stream;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="flushFolder">What makes a rename in a folder last; null for a flush of the folder.</param>
    /// <param name="looksForAbandoned">
    /// Whether what killed processes have left is looked for, among all files of the folder.
    /// </param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static AtomicFile Create(string path, Action<string>? flushFolder = null, bool looksForAbandoned = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        flushFolder ??= FolderFlush.Flush;
        if (FileTarget.OpenInPlace(path) is { } device)
        {
            return new AtomicFile(path, partial: null, device, flushFolder);
        }

        string target = FileTarget.Resolve(path);
        if (looksForAbandoned)
        {
            PartialFile.RemoveAbandoned(target);
        }

        (string partial, FileStream stream) = PartialFile.Create(target, BufferBytes);
        FileTarget.CopyPermissions(target, stream);
        return new AtomicFile(target, partial, stream, flushFolder);
    }

    /// <summary>Writes a file.</summary>
    /// <inheritdoc cref="Create"/>
    /// <param name="path">Its path.</param>
    /// <param name="write">Writes the contents. The file stays as it was if it throws.</param>
    public static void Write(string path, Action<Stream> write)
    {
        using AtomicFile file = Create(path);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>Writes a file of text in UTF-8.</summary>
    /// <inheritdoc cref="Create"/>
    /// <param name="path">Its path.</param>
    /// <param name="text">The text.</param>
    public static void WriteText(string path, string text)
    {
        using AtomicFile file = Create(path);
        file.CommitText(text);
    }

    /// <summary>Puts the file in its place.</summary>
    /// <exception cref="IOException">It cannot be: the disk is full, or fails.</exception>
    public void Commit()
    {
        if (_partial is null)
        {
            _stream.Flush();
            _isCommitted = true;
            return;
        }

        _stream.Flush(flushToDisk: true);

        // While it is still locked: an unlocked one would be taken for what a killed process has left.
        File.Move(_partial, _path, overwrite: true);
        _isCommitted = true;
        _stream.Dispose();
        _flushFolder(Path.GetDirectoryName(_path)!);
    }

    /// <summary>Writes text in UTF-8, and puts the file in its place.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="IOException">It cannot be: the disk is full, or fails.</exception>
    public void CommitText(string text)
    {
        _stream.Write(Encoding.UTF8.GetBytes(text));
        Commit();
    }

    /// <summary>Removes what has been written if it has not been put in its place.</summary>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException) when (!_isCommitted)
        {
            // What is still in the buffer does not fit either. Somebody is being told already.
        }

        if (!_isCommitted && _partial is not null)
        {
            PartialFile.Remove(_partial);
        }
    }
}
