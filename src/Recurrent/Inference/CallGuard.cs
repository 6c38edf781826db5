using System.Runtime.InteropServices;

namespace Recurrent;

/// <summary>
/// Lets one call at a time use a native object, and closes it between calls. A field of the object's owner, never copied.
/// </summary>
internal struct CallGuard
{
    private const int ClosingBegun = 1;
    private const int ClosingDone = 2;

    private int _busy;
    private int _closing;

    /// <summary>Whether a call is running.</summary>
    public readonly bool IsBusy => Volatile.Read(in _busy) != 0;

    /// <summary>Begins a call; false if another one is running or the object is closed.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    /// <summary>Ends a call.</summary>
    public void Leave() => Volatile.Write(ref _busy, 0);

    /// <exception cref="ObjectDisposedException">The object is closed, or about to be.</exception>
    public readonly void ThrowIfClosed(object owner) =>
        ObjectDisposedException.ThrowIf(Volatile.Read(in _closing) != 0, owner);

    /// <summary>
    /// Waits for the running call, refuses new ones and disposes the handle. However many threads call it, it returns to
    /// each of them only when all that is done.
    /// </summary>
    public void Close(SafeHandle handle)
    {
        SpinWait wait = default;
        if (Interlocked.CompareExchange(ref _closing, ClosingBegun, 0) != 0)
        {
            while (Volatile.Read(in _closing) != ClosingDone)
            {
                wait.SpinOnce();
            }

            return;
        }

        // Entered for good: a call that has seen _closing too early finds the object busy from here on.
        while (!TryEnter())
        {
            wait.SpinOnce();
        }

        handle.Dispose();
        Volatile.Write(ref _closing, ClosingDone);
    }
}
