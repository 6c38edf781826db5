namespace Recurrent.Fuzz.Formats;

/// <summary>A whole file, or several that belong together, before it is damaged.</summary>
/// <param name="Name">Where it comes from, for people.</param>
/// <param name="Main">The name of what is opened: one of the files, or empty for the folder that they lie in.</param>
/// <param name="Files">The files by name, which may have folders in it.</param>
internal sealed record SeedFile(string Name, string Main, IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>A larger file would only slow things down.</summary>
    public const int MostBytes = 128 << 10;

    /// <summary>A single file.</summary>
    public static SeedFile Of(string path) =>
        Of(Path.GetRelativePath(Tree.Root, path), "file" + Path.GetExtension(path), File.ReadAllBytes(path));

    public static SeedFile Of(string name, string main, byte[] bytes) =>
        new(name, main, new Dictionary<string, byte[]>(StringComparer.Ordinal) { [main] = bytes });

    /// <summary>The files of a folder of the tree that are not too large.</summary>
    public static IEnumerable<SeedFile> Below(string folder, string pattern) =>
        Tree.Files(folder, pattern).Where(path => new FileInfo(path).Length <= MostBytes).Select(Of);
}
