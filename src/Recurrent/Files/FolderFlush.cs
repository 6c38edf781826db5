using System.Runtime.InteropServices;

namespace Recurrent.Files;

/// <summary>
/// Makes a rename in a folder last: on Unix a folder is flushed on its own, after the file. Elsewhere there is nothing to do.
/// </summary>
internal static partial class FolderFlush
{
    // The same on Linux and macOS.
    private const int Interrupted = 4;
    private const int InputOutputError = 5;

    /// <summary>Flushes a folder. One that cannot be opened or flushed for itself is left to the system.</summary>
    /// <exception cref="IOException">The disk has failed.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(folder, flags: 0);
        if (descriptor < 0)
        {
            return;
        }

        int error;
        do
        {
            error = Synchronize(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (error == Interrupted);

        _ = Close(descriptor);
        if (error == InputOutputError)
        {
            throw new IOException($"'{folder}': {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
