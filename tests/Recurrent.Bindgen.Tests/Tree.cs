using System.Reflection;

namespace Recurrent.Bindgen.Tests;

/// <summary>The tree that the tests were built from.</summary>
internal static class Tree
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = Path.TrimEndingDirectorySeparator(
        typeof(Tree).Assembly
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    /// <summary>The real header.</summary>
    public static string HeaderPath => Path.Combine(Root, CommandLine.DefaultHeader);
}
