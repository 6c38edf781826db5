using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recurrent.Interop;

/// <summary>
/// Finds the native library, loads it once and makes <see cref="NativeMethods"/> lead to it. The first file that exists
/// decides: if it cannot be used that is an error, and not a reason to go on to another one that nobody meant.
/// </summary>
internal static class NativeLibraryLoader
{
    /// <summary>What stands for a path when the library is a part of the program.</summary>
    internal const string MainProgram = "the program itself";

    private static readonly object Gate = new();
    private static nint _handle;

    /// <summary>Path of the library in use, or its name if the system found it; null if none has been loaded.</summary>
    internal static string? LoadedPath { get; private set; }

    /// <summary>
    /// Loads the library unless it is loaded. To be called before the first call of a <see cref="NativeMethods"/>
    /// function that takes no handle.
    /// </summary>
    /// <exception cref="NativeLibraryException">There is no usable library. The next call tries again.</exception>
    internal static void EnsureLoaded()
    {
        if (Volatile.Read(ref _handle) == 0)
        {
            LoadOnce();
        }
    }

    /// <summary>Finds, loads and checks a library.</summary>
    /// <returns>Its handle, to be freed by the caller unless it is the program's, and where it was.</returns>
    internal static (nint Handle, string Path) Load(NativeLibrarySearch search)
    {
        if (nint.Size != sizeof(long))
        {
            throw new NativeLibraryException(
                "The native library of Recurrent needs a 64-bit process and this one is 32-bit. Run the application as "
                + "64-bit.");
        }

        (nint handle, string path) = Open(search);
        try
        {
            // A linker has taken what is called, and refused to go on without it; nothing else need be there.
            NativeHandshake.Check(handle, path, isComplete: path != MainProgram);
        }
        catch
        {
            NativeLibrary.Free(handle);
            throw;
        }

        return (handle, path);
    }

    [ModuleInitializer]
    [SuppressMessage(
        "Usage", "CA2255", Justification = "The resolver has to be there before the first import, whoever makes it.")]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != NativeMethods.Library)
        {
            return 0;
        }

        EnsureLoaded();
        return _handle;
    }

    private static void LoadOnce()
    {
        lock (Gate)
        {
            if (_handle == 0)
            {
                (nint handle, LoadedPath) = Load(NativeLibrarySearch.ForThisProcess);
                Volatile.Write(ref _handle, handle);
            }
        }
    }

    private static (nint Handle, string Path) Open(NativeLibrarySearch search)
    {
        if (search is { ForcedPath: null or "", AsksMainProgram: true }
            && NativeLibrary.GetMainProgramHandle() is var program && NativeHandshake.IsRecurrent(program))
        {
            return (program, MainProgram);
        }

        IReadOnlyList<string> paths = search.Paths();
        if (paths.FirstOrDefault(File.Exists) is { } path)
        {
            return (OpenFile(path), path);
        }

        if (search is { ForcedPath: null or "", SystemName: { } name }
            && NativeLibrary.TryLoad(
                name, typeof(NativeLibraryLoader).Assembly, DllImportSearchPath.SafeDirectories, out nint handle))
        {
            return (handle, name);
        }

        throw NativeLibraryErrors.NotFound(search, paths);
    }

    private static nint OpenFile(string path)
    {
        // The system's loader maps what the header promises and dies of a bus error where the file has already ended.
        if (ElfExtent.Read(path) is { } promised && new FileInfo(path).Length is var found && found < promised)
        {
            throw NativeLibraryErrors.Truncated(path, promised, found);
        }

        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw NativeLibraryErrors.CannotLoad(path, exception);
        }
    }
}
