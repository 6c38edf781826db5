using System.Diagnostics;

namespace Recurrent.Files;

/// <summary>
/// A file that one process at a time, and one caller in it, has open: a lock that the system takes back when the process ends,
/// however it does.
/// </summary>
internal static class FileLock
{
    // EWOULDBLOCK, and what Windows calls a sharing violation and a lock violation.
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;
    private const int SharingViolation = 32;
    private const int LockViolation = 33;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for a lock.</summary>
    /// <param name="path">The file, made if it is not there; it stays.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The lock, held until it is disposed.</returns>
    /// <exception cref="IOException">Somebody else has had it all the time, or the file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public static IDisposable Take(string path, TimeSpan patience, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        for (TimeSpan wait = ShortestWait; ; wait = wait < LongestWait ? 2 * wait : LongestWait)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (IsHeld(e))
            {
                if (Stopwatch.GetElapsedTime(begin) > patience)
                {
                    throw new IOException(
                        $"'{path}' has been locked by another process or caller for {patience.TotalSeconds:0.#} seconds.", e);
                }
            }

            cancellation.WaitHandle.WaitOne(wait);
        }
    }

    private static bool IsHeld(IOException exception) => OperatingSystem.IsWindows()
        ? (exception.HResult & 0xffff) is SharingViolation or LockViolation
        : exception.HResult is WouldBlockOnLinux or WouldBlockOnMac;
}
