using System.Reflection;

namespace Recurrent.Tests.Conventions;

/// <summary>The source tree that this test assembly was built from.</summary>
internal static class RepositoryTree
{
    /// <summary>The folder of <c>Recurrent.sln</c>.</summary>
    public static string Root { get; } = typeof(RepositoryTree).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>An absolute path from one inside the tree, written with slashes.</summary>
    public static string PathOf(string relative) => Path.GetFullPath(Path.Combine(Root, relative));

    /// <summary>The files below a folder that end in one of the extensions, as paths inside that folder with slashes.</summary>
    public static IEnumerable<string> FilesBelow(string folder, params string[] extensions)
    {
        string absolute = PathOf(folder);
        return Directory.EnumerateFiles(absolute, "*", SearchOption.AllDirectories)
            .Where(file => extensions.Contains(Path.GetExtension(file)))
            .Select(file => Path.GetRelativePath(absolute, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("bin/", StringComparison.Ordinal) && !file.Contains("/bin/"))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.Contains("/obj/"))
            .Order(StringComparer.Ordinal);
    }
}
