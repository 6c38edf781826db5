using Recurrent.Cli.Commands;

namespace Recurrent.Cli.Data;

/// <summary>Files and folders that the user names.</summary>
internal static class InputFile
{
    // Of a folder that is longer, nobody waits for the rest to be read.
    private const int MostNeighbours = 10_000;

    /// <summary>Refuses what is no file.</summary>
    /// <exception cref="UnusableInputException">It does not exist, or is a folder.</exception>
    public static void Require(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UnusableInputException($"'{path}' is a folder, expected a file.");
        }

        if (!File.Exists(path))
        {
            throw Missing(path);
        }
    }

    /// <summary>That a file or a folder does not exist, and which one is called nearly like it.</summary>
    public static UnusableInputException Missing(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? string.Empty;
        string? meant = Suggestion.Nearest(Path.GetFileName(path), NamesIn(folder.Length == 0 ? "." : folder));
        return new UnusableInputException(
            $"'{path}' does not exist.{(meant is null ? string.Empty : Suggestion.Ask(Path.Combine(folder, meant)))}");
    }

    private static IEnumerable<string> NamesIn(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Take(MostNeighbours).Select(Path.GetFileName).OfType<string>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
