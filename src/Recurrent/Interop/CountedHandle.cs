using System.Runtime.InteropServices;

namespace Recurrent.Interop;

/// <summary>
/// Owner of a native object. Frees it when disposed, or when the garbage collector finds it abandoned, and counts the
/// living ones of each type, so that a test can tell that nothing leaks.
/// </summary>
/// <typeparam name="TSelf">The handle type itself; each has a count of its own.</typeparam>
internal abstract class CountedHandle<TSelf> : SafeHandle
    where TSelf : CountedHandle<TSelf>
{
    private static int _liveCount;
    private long _bytes;

    private protected CountedHandle()
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
    }

    /// <summary>Number of native objects of this type that have not been freed.</summary>
    internal static int LiveCount => Volatile.Read(ref _liveCount);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Takes an object over.</summary>
    private protected void Own(nint native)
    {
        SetHandle(native);
        _ = Interlocked.Increment(ref _liveCount);
    }

    /// <summary>
    /// Tells the garbage collector how much native memory it would free with this small object, and again when that has
    /// grown. Without that it sees no reason to look for abandoned ones.
    /// </summary>
    /// <param name="bytes">What the native object holds at least; 0 for nothing worth telling.</param>
    internal void Weigh(long bytes)
    {
        if (bytes > _bytes)
        {
            GC.AddMemoryPressure(bytes - _bytes);
            _bytes = bytes;
        }
    }

    /// <summary>Frees the native object.</summary>
    private protected abstract void Destroy(nint native);

    /// <inheritdoc/>
    protected sealed override bool ReleaseHandle()
    {
        Destroy(handle);
        _ = Interlocked.Decrement(ref _liveCount);
        if (_bytes > 0)
        {
            GC.RemoveMemoryPressure(_bytes);
        }

        return true;
    }
}
