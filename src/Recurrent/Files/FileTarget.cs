namespace Recurrent.Files;

/// <summary>What is at the path of a file that is to be written.</summary>
internal static class FileTarget
{
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    /// <summary>Opens what is not an ordinary file, such as a pipe; null for everything else.</summary>
    public static FileStream? OpenInPlace(string path)
    {
        FileInfo target = Follow(path);
        bool isSystem = IsOfSystem(Path.GetFullPath(path)) || IsOfSystem(target.FullName);

        // Neither a pipe nor a device has a length; an empty file has none either.
        if (!isSystem && !(target.Exists && target.Length == 0))
        {
            return null;
        }

        FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        if (isSystem || !stream.CanSeek)
        {
            return stream;
        }

        stream.Dispose();
        return null;
    }

    /// <summary>The file that is to be replaced, behind symbolic links.</summary>
    /// <exception cref="IOException">It is a folder, or its folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">It is read-only.</exception>
    public static string Resolve(string path)
    {
        FileInfo target = Follow(path);
        if (Directory.Exists(target.FullName))
        {
            throw new IOException($"'{path}' is a folder, expected a file.");
        }

        if (!Directory.Exists(target.DirectoryName))
        {
            throw new DirectoryNotFoundException($"Could not find the folder of '{path}'.");
        }

        return !target.Exists || !target.Attributes.HasFlag(FileAttributes.ReadOnly)
            ? target.FullName
            : throw new UnauthorizedAccessException($"'{path}' is read-only.");
    }

    /// <summary>Gives a file the permissions of the one that it is to replace.</summary>
    public static void CopyPermissions(string target, FileStream stream)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(target) & Permissions);
        }
    }

    private static FileInfo Follow(string path)
    {
        FileInfo file = new(Path.GetFullPath(path));
        return file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
    }

    private static bool IsOfSystem(string path) =>
        !OperatingSystem.IsWindows()
        // Memory that holds ordinary files.
        && !path.StartsWith("/dev/shm/", StringComparison.Ordinal)
        && (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal))
        && File.Exists(path);
}
