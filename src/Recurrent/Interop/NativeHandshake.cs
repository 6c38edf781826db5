using System.Runtime.InteropServices;

namespace Recurrent.Interop;

/// <summary>Checks that a library and these bindings were made from the same header.</summary>
internal static unsafe class NativeHandshake
{
    private const string VersionFunction = "recurrent_abi_version";

    /// <exception cref="NativeLibraryException">They were not.</exception>
    internal static void Check(nint library, string path)
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
            if (!NativeLibrary.TryGetExport(library, function, out _))
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
