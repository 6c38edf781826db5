using System.Reflection;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)] // The current directory belongs to the process.

namespace Recurrent.Docs.Tests;

/// <summary>Where the tree is.</summary>
internal static class Tree
{
    public static string Root { get; } = typeof(Tree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Fails with all complaints, a line each.</summary>
    public static void None(IEnumerable<string> complaints)
    {
        string text = string.Join('\n', complaints);
        Assert.True(text.Length == 0, text);
    }
}
