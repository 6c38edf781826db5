namespace Recurrent.Fuzz;

/// <summary>The folder that a damaged file is written to, after the one before it: what is there already stays.</summary>
internal sealed class CaseFolder
{
    private readonly Dictionary<string, byte[]> _there = new(StringComparer.Ordinal);

    /// <param name="path">Where it is. What is in it, from a process before this one, goes.</param>
    public CaseFolder(string path)
    {
        Path = path;
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    public string Path { get; }

    public void Write(IReadOnlyDictionary<string, byte[]> files)
    {
        foreach (string name in _there.Keys.Where(name => !files.ContainsKey(name)).ToArray())
        {
            Delete(System.IO.Path.Combine(Path, name));
            _there.Remove(name);
        }

        foreach ((string name, byte[] bytes) in files)
        {
            // Whole files of a seed are the same array each time.
            if (_there.TryGetValue(name, out byte[]? old) && ReferenceEquals(old, bytes))
            {
                continue;
            }

            string path = System.IO.Path.Combine(Path, name);
            if (old is null)
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            }

            File.WriteAllBytes(path, bytes);
            _there[name] = bytes;
        }
    }

    /// <summary>Deletes a file and the folders that nothing else is in: a reader looks for them by name.</summary>
    private void Delete(string path)
    {
        File.Delete(path);
        string folder = System.IO.Path.GetDirectoryName(path)!;
        while (folder.Length > Path.Length && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
            folder = System.IO.Path.GetDirectoryName(folder)!;
        }
    }
}
