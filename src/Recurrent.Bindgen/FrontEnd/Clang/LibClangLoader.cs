using System.Runtime.InteropServices;

namespace Recurrent.Bindgen.FrontEnd.Clang;

/// <summary>Finds libclang, which every system calls differently.</summary>
internal static class LibClangLoader
{
    /// <summary>Environment variable with the path of the library to use instead of looking for one.</summary>
    internal const string PathVariable = "RECURRENT_LIBCLANG";

    // The API used here is the same in all of them; newest first after the version that the project is built with.
    private static readonly int[] Versions = [14, 21, 20, 19, 18, 17, 16, 15, 13];

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>Makes the imports of <see cref="LibClang"/> lead to the library that was found.</summary>
    /// <exception cref="BindgenException">There is none, or the named one cannot be loaded.</exception>
    internal static void EnsureLoaded() => _ = Handle.Value;

    /// <summary>Loads libclang from a path, or from wherever it is if there is no path.</summary>
    internal static nint LoadFrom(string? path)
    {
        if (!string.IsNullOrEmpty(path))
        {
            return NativeLibrary.TryLoad(path, out nint named)
                ? named
                : throw new BindgenException($"{PathVariable} names {path}, which cannot be loaded as libclang.");
        }

        foreach (string candidate in Candidates())
        {
            if (NativeLibrary.TryLoad(candidate, out nint handle))
            {
                return handle;
            }
        }

        throw new BindgenException(
            "The generator parses the header with libclang, and none was found. Install it (Debian and Ubuntu: "
            + $"apt-get install libclang1-14; any version from 13 on will do) or set {PathVariable} to the path of the "
            + $"library. Looked for: {string.Join(", ", Candidates())}.");
    }

    private static nint Load()
    {
        nint handle = LoadFrom(Environment.GetEnvironmentVariable(PathVariable));
        NativeLibrary.SetDllImportResolver(
            typeof(LibClang).Assembly, (name, _, _) => name == LibClang.Library ? handle : 0);
        return handle;
    }

    private static IEnumerable<string> Candidates()
    {
        if (OperatingSystem.IsWindows())
        {
            return ["libclang.dll"];
        }

        if (OperatingSystem.IsMacOS())
        {
            return ["libclang.dylib", "/Library/Developer/CommandLineTools/usr/lib/libclang.dylib"];
        }

        return Versions
            .SelectMany(version => new[]
            {
                $"libclang-{version}.so.1",
                $"libclang-{version}.so.{version}",
                $"/usr/lib/llvm-{version}/lib/libclang.so.1",
            })
            .Append("libclang.so.1")
            .Append("libclang.so");
    }
}
