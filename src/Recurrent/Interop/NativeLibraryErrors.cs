using System.Runtime.InteropServices;
using Recurrent.Messages;

namespace Recurrent.Interop;

/// <summary>One message for each way that loading fails: what was found, what is needed, what to do.</summary>
internal static class NativeLibraryErrors
{
    // What ./build.sh pack puts in.
    private const string Packaged = "linux-arm64 and linux-x64 (glibc), linux-musl-x64 (experimental) and win-x64";

    private static string Platform => NativeLibrarySearch.RuntimeIdentifiers().Last();

    internal static NativeLibraryException NotFound(NativeLibrarySearch search, IReadOnlyList<string> paths)
    {
        if (!string.IsNullOrEmpty(search.ForcedPath))
        {
            return new NativeLibraryException(MessageText.Of(
                $"{NativeLibrarySearch.PathVariable} names {search.ForcedPath}, but there is no {paths[0]}. Set it to "
                + $"the path of {NativeLibrarySearch.FileName} or of its folder, or remove it to use the package's own "
                + "library."));
        }

        // The places are the process's own, and who has to find the missing file needs each of them whole.
        string looked = string.Concat(
            paths.Select(path => $"{Environment.NewLine}  {MessageText.Line(path, MessageText.MaxLength)}"));
        string system = search.SystemName is null
            ? string.Empty
            : $"{Environment.NewLine}  the system's library path ({search.SystemName})";
        return new NativeLibraryException(
            $"The native library of Recurrent was not found; this process needs {NativeLibrarySearch.FileName} for "
            + $"{Platform}. The package Recurrent has those for {Packaged}. Reference it in the application itself and "
            + $"publish for {Platform}, "
            + $"build the library with ./build.sh, or set {NativeLibrarySearch.PathVariable} to its path. "
            + $"Looked for:{looked}{system}");
    }

    internal static NativeLibraryException CannotLoad(string path, Exception cause)
    {
        string needed = $"{NativeImage.SystemFormat} for {RuntimeInformation.ProcessArchitecture}";
        string message = NativeImage.Read(path) switch
        {
            null => $"{path} is not a native library; this process needs {needed}. Replace the file with the library "
                + $"for {Platform}. ({Reason(cause)})",
            { IsLoadable: false } image =>
                $"{path} is {image.Format} for {image.Architecture?.ToString() ?? "an unknown processor"}; this "
                + $"process needs {needed}. Replace the file with the library for {Platform}.",
            _ => $"{path} is for this platform but cannot be loaded: {Reason(cause)}. Install what it asks for, or "
                + "build the library on this system with ./build.sh.",
        };
        return new NativeLibraryException(MessageText.Of(message), cause) { LibraryPath = path };
    }

    internal static NativeLibraryException Truncated(string path, long promised, long found) =>
        Incompatible(
            path,
            $"{path} is truncated: its header speaks of {promised} bytes, the file has {found}",
            "Replace the file with the library of this package's version");

    internal static NativeLibraryException ForeignLibrary(string path, string function) =>
        Incompatible(
            path,
            $"{path} has no function {function}, so it is not the native library of Recurrent, or a damaged one",
            "Replace the file with the library of this package's version");

    internal static NativeLibraryException WrongVersion(string path, uint found) =>
        Incompatible(
            path,
            $"{path} has version {found} of the interface; this assembly, Recurrent {AssemblyVersion}, needs version "
            + $"{NativeConstants.AbiVersion}",
            found < NativeConstants.AbiVersion
                ? "Update the library to the one of this package's version"
                : "Update the package to the library's version, or put the library of this package's version there");

    internal static NativeLibraryException MissingFunction(string path, string function) =>
        Incompatible(
            path,
            $"{path} has version {NativeConstants.AbiVersion} of the interface but no function {function}, which that "
            + "version has",
            "The file is damaged or from an unreleased build: replace it with the library of this package's version");

    internal static NativeLibraryException WrongLayout(string path, NativeStructSize size) =>
        Incompatible(
            path,
            $"{size.Name} has {size.Managed} bytes in this process; {path} needs {size.Native}",
            "This platform is not supported: use a 64-bit system that the package names, or Recurrent.Reference");

    private static string AssemblyVersion => typeof(NativeLibraryErrors).Assembly.GetName().Version?.ToString(3) ?? "?";

    private static NativeLibraryException Incompatible(string path, string finding, string remedy) =>
        new(MessageText.Of($"{finding}. {remedy}.")) { LibraryPath = path };

    /// <summary>The system's own words, which .NET puts at the end of a longer text.</summary>
    private static string Reason(Exception cause) =>
        cause.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
}
