using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Recurrent.Interop;

/// <summary>Where the native library is looked for.</summary>
internal sealed record NativeLibrarySearch
{
    /// <summary>Environment variable with the library to use: a file, or the folder that it lies in.</summary>
    internal const string PathVariable = "RECURRENT_LIBRARY";

    /// <summary>Value of <see cref="PathVariable"/>. If it is set, no other place is looked at.</summary>
    internal string? ForcedPath { get; init; }

    /// <summary>
    /// Whether the program itself is asked first: one that has the library linked into it, by NativeAOT or because it is the
    /// host of .NET, means that one.
    /// </summary>
    internal bool AsksMainProgram { get; init; }

    /// <summary>Folders to look in, and in their <c>runtimes/&lt;rid&gt;/native</c>, in this order.</summary>
    internal IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Folders to look in afterwards, which have no such subfolders.</summary>
    internal IReadOnlyList<string> HostFolders { get; init; } = [];

    /// <summary>Name to ask the system's own search for in the end; null for not asking.</summary>
    internal string? SystemName { get; init; }

    /// <summary>The search of an application that has not been told anything else.</summary>
    internal static NativeLibrarySearch ForThisProcess => new()
    {
        ForcedPath = Environment.GetEnvironmentVariable(PathVariable),
        AsksMainProgram = true,
        Folders = [AssemblyFolder(), AppContext.BaseDirectory],
        HostFolders = FoldersOfHost(),
        SystemName = FileName,
    };

    /// <summary>File name of the library on this platform.</summary>
    internal static string FileName =>
        OperatingSystem.IsWindows() ? "librecurrent.dll"
        : OperatingSystem.IsMacOS() ? "librecurrent.dylib"
        : "librecurrent.so";

    /// <summary>
    /// The paths at which the library may be, most wanted first. All are absolute: a relative one would mean a file of the
    /// working directory to whoever checks it, and a name to look for elsewhere to the system's loader.
    /// </summary>
    internal IReadOnlyList<string> Paths()
    {
        if (!string.IsNullOrEmpty(ForcedPath))
        {
            string forced = Path.GetFullPath(ForcedPath);
            return [Directory.Exists(forced) ? Path.Combine(forced, FileName) : forced];
        }

        List<string> paths = [];
        foreach (string folder in Folders.Where(folder => folder.Length > 0))
        {
            paths.Add(Path.Combine(folder, FileName));
            foreach (string runtime in RuntimeIdentifiers())
            {
                paths.Add(Path.Combine(folder, "runtimes", runtime, "native", FileName));
            }
        }

        paths.AddRange(HostFolders.Select(folder => Path.Combine(folder, FileName)));
        return paths.Select(Path.GetFullPath).Distinct().ToList();
    }

    /// <summary>This runtime's own identifier, and the portable one that packages are built for.</summary>
    internal static IEnumerable<string> RuntimeIdentifiers()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx"
            : IsMusl(RuntimeInformation.RuntimeIdentifier) ? "linux-musl" : "linux";
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return new[] { RuntimeInformation.RuntimeIdentifier, $"{system}-{architecture}" }.Distinct();
    }

    /// <summary>Whether a runtime is one for musl: Microsoft's says so, that of a distribution has the distribution's name.</summary>
    internal static bool IsMusl(string runtimeIdentifier) =>
        runtimeIdentifier.Contains("musl", StringComparison.Ordinal)
        || runtimeIdentifier.StartsWith("alpine", StringComparison.Ordinal);

    [UnconditionalSuppressMessage(
        "SingleFile",
        "IL3000",
        Justification = "Empty in a single file, where the library lies in AppContext.BaseDirectory.")]
    private static string AssemblyFolder() =>
        Path.GetDirectoryName(typeof(NativeLibrarySearch).Assembly.Location) ?? string.Empty;

    /// <summary>What the host has put together: the folders of the packages, that of a single file.</summary>
    private static string[] FoldersOfHost() =>
        (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
}
