using Recurrent.Bindgen.Emit;

namespace Recurrent.Bindgen;

/// <summary>The generated files on disk.</summary>
internal sealed class OutputFolder(string root)
{
    /// <summary>Makes the folders hold these files and nothing else.</summary>
    /// <returns>A line for each file that changed.</returns>
    internal IReadOnlyList<string> Write(IReadOnlyList<GeneratedFile> files)
    {
        List<string> changed = [];
        foreach (GeneratedFile file in files)
        {
            string path = FullPath(file.Path);
            if (!File.Exists(path) || File.ReadAllText(path) != file.Text)
            {
                _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, file.Text);
                changed.Add($"wrote {file.Path}");
            }
        }

        foreach (string stale in StaleFiles(files))
        {
            File.Delete(FullPath(stale));
            changed.Add($"removed {stale}");
        }

        return changed;
    }

    /// <summary>Compares the folders with these files.</summary>
    /// <returns>A line for each difference; empty if there is none.</returns>
    internal IReadOnlyList<string> Compare(IReadOnlyList<GeneratedFile> files) =>
    [
        .. files.Select(Describe).OfType<string>(),
        .. StaleFiles(files).Select(path => $"{path}: not generated from the header any more"),
    ];

    private string? Describe(GeneratedFile file)
    {
        string path = FullPath(file.Path);
        if (!File.Exists(path))
        {
            return $"{file.Path}: missing";
        }

        string text = File.ReadAllText(path);
        return text == file.Text ? null : DescribeDifference(file.Path, text, file.Text);
    }

    private static string DescribeDifference(string path, string found, string expected)
    {
        string[] foundLines = found.Split('\n');
        string[] expectedLines = expected.Split('\n');
        int line = 0;
        while (line < foundLines.Length && line < expectedLines.Length && foundLines[line] == expectedLines[line])
        {
            line++;
        }

        return $"{path}:{line + 1}: differs from the header\n"
            + $"  committed: {LineAt(foundLines, line)}\n"
            + $"  expected:  {LineAt(expectedLines, line)}";
    }

    private static string LineAt(string[] lines, int index) =>
        index < lines.Length ? lines[index].Replace("\r", "\\r", StringComparison.Ordinal) : "(end of file)";

    private List<string> StaleFiles(IReadOnlyList<GeneratedFile> files)
    {
        HashSet<string> expected = files.Select(file => file.Path).ToHashSet();
        return new[] { BindingEmitter.CSharpFolder, BindingEmitter.CFolder }
            .Where(folder => Directory.Exists(FullPath(folder)))
            .SelectMany(folder => Directory.EnumerateFiles(FullPath(folder)))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(path => !expected.Contains(path))
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    private string FullPath(string path) => Path.Combine(root, path);
}
