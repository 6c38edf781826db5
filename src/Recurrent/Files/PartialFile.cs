using System.Text;

namespace Recurrent.Files;

/// <summary>
/// Files that are being written, beside those that they will replace: <c>model.onnx.0123456789abcdef.partial</c>. Each is
/// locked by its writer; so one that is not locked is what a killed process has left.
/// </summary>
internal static class PartialFile
{
    private const string Extension = ".partial";
    private const int RandomLength = 16;
    private const int MostAttempts = 20;

    // With what is added, no file system of today has shorter names.
    private const int MostNameBytes = 200;

    /// <summary>Begins one, and locks it.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created.</exception>
    public static (string Path, FileStream Stream) Create(string target, int bufferBytes)
    {
        for (int attempt = 1; ; attempt++)
        {
            string path = NewPath(target);
            try
            {
                // Shared with readers, who find it under its own name before it is closed.
                FileStream stream = new(
                    path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferBytes);
                if (File.Exists(path))
                {
                    return (path, stream);
                }

                stream.Dispose();
            }
            catch (IOException) when (attempt < MostAttempts)
            {
            }

            // It is created first and locked then: another writer has taken it for an abandoned one between the two.
        }
    }

    /// <summary>A path that no other writer has.</summary>
    public static string NewPath(string target) =>
        Path.Combine(
            Path.GetDirectoryName(target)!,
            Prefix(target) + Guid.NewGuid().ToString("N")[..RandomLength] + Extension);

    /// <summary>Removes what killed writers of the same file have left.</summary>
    public static void RemoveAbandoned(string target)
    {
        string prefix = Prefix(target);
        RemoveAbandoned(Path.GetDirectoryName(target)!, name => IsPartialOf(name, prefix));
    }

    /// <summary>Removes what killed writers of any file with such an ending have left in a folder.</summary>
    public static void RemoveAbandonedOf(string folder, string ending) => RemoveAbandoned(
        folder,
        name => name.LastIndexOf(ending + ".", StringComparison.Ordinal) is > 0 and int at
            && IsPartialOf(name, name[..(at + ending.Length + 1)]));

    /// <summary>Removes one that could not be finished.</summary>
    public static void Remove(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next writer tries again; why this one has failed is more important.
        }
    }

    private static void RemoveAbandoned(string folder, Func<string, bool> isMeant)
    {
        EnumerationOptions all = new() { AttributesToSkip = 0, IgnoreInaccessible = true };
        foreach (string file in Directory.EnumerateFiles(folder, "*" + Extension, all))
        {
            if (isMeant(Path.GetFileName(file)))
            {
                RemoveIfAbandoned(file);
            }
        }
    }

    private static void RemoveIfAbandoned(string file)
    {
        try
        {
            // Removed while it is locked by this process.
            new FileStream(
                file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose)
                .Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is being written, or belongs to somebody else.
        }
    }

    private static bool IsPartialOf(string name, string prefix) =>
        name.Length == prefix.Length + RandomLength + Extension.Length
        && name.StartsWith(prefix, StringComparison.Ordinal)
        && name.EndsWith(Extension, StringComparison.Ordinal)
        && name.Skip(prefix.Length).Take(RandomLength).All(char.IsAsciiHexDigitLower);

    private static string Prefix(string target)
    {
        string name = Path.GetFileName(target);
        int length = 0;
        int bytes = 0;
        foreach (Rune rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MostNameBytes)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return name[..length] + ".";
    }
}
