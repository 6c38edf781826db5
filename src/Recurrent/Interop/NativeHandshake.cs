using System.Runtime.InteropServices;

namespace Recurrent.Interop;

/// <summary>Checks that a library and these bindings were made from the same header.</summary>
internal static unsafe class NativeHandshake
{
    private const string VersionFunction = "recurrent_abi_version";

    /// <summary>Whether a library, or a program, shows the function that tells its version.</summary>
    internal static bool IsRecurrent(nint library) => NativeLibrary.TryGetExport(library, VersionFunction, out _);

    /// <param name="library">The library's handle.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="isComplete">Whether it has to show every function of the interface.</param>
    /// <exception cref="NativeLibraryException">They were not.</exception>
    internal static void Check(nint library, string path, bool isComplete = true)
    {
        // The version comes first: with another one, nothing else can be expected to be as it is here.
        if (!NativeLibrary.TryGetExport(library, VersionFunction, out nint versionFunction))
        {
            throw NativeLibraryErrors.ForeignLibrary(path, VersionFunction);
        }

        uint version = ((delegate* unmanaged[Cdecl]<uint>)versionFunction)();
        if (version != NativeConstants.AbiVersion)
        {
            throw NativeLibraryErrors.WrongVersion(path, version);
        }

        foreach (string function in NativeContract.Functions)
        {
            if (isComplete && !NativeLibrary.TryGetExport(library, function, out _))
            {
                throw NativeLibraryErrors.MissingFunction(path, function);
            }
        }

        foreach (NativeStructSize size in NativeContract.StructSizes)
        {
            if (size.Managed != size.Native)
            {
                throw NativeLibraryErrors.WrongLayout(path, size);
            }
        }
    }
}
