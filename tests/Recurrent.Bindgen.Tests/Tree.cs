using System.Runtime.CompilerServices;

namespace Recurrent.Bindgen.Tests;

/// <summary>The tree that the tests were built from.</summary>
internal static class Tree
{
    private static readonly string[] Starts = [AppContext.BaseDirectory, Path.GetDirectoryName(SourcePath())!];

    /// <summary>Its root: above the test's assembly, or, if that was built elsewhere, above this file.</summary>
    public static string Root { get; } = Starts.Select(FindAbove).OfType<string>().FirstOrDefault()
        ?? throw new InvalidOperationException($"No tree above {string.Join(" or ", Starts)}.");

    /// <summary>The real header.</summary>
    public static string HeaderPath => Path.Combine(Root, CommandLine.DefaultHeader);

    private static string SourcePath([CallerFilePath] string path = "") => path;

    private static string? FindAbove(string folder)
    {
        for (DirectoryInfo? candidate = new(folder); candidate is not null; candidate = candidate.Parent)
        {
            if (File.Exists(Path.Combine(candidate.FullName, CommandLine.DefaultHeader)))
            {
                return candidate.FullName;
            }
        }

        return null;
    }
}
