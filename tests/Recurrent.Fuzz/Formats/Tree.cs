using System.Reflection;

namespace Recurrent.Fuzz.Formats;

/// <summary>The source tree that this was built from.</summary>
internal static class Tree
{
    public static string Root { get; } = Path.GetFullPath(typeof(Tree).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    /// <summary>Files below a folder, in an order that is the same everywhere.</summary>
    /// <param name="folder">A folder of the tree.</param>
    /// <param name="pattern">Which names, such as <c>*.onnx</c>.</param>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal);
}
