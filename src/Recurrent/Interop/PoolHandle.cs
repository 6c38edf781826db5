namespace Recurrent.Interop;

/// <summary>Owner of a native pool. Several threads may call it at once, so a call holds a reference.</summary>
internal sealed class PoolHandle : CountedHandle<PoolHandle>
{
    /// <summary>Owns nothing yet; <see cref="Create"/> is what callers want.</summary>
    internal PoolHandle()
    {
    }

    /// <summary>Opens a pool of a model.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    internal static unsafe PoolHandle Create(ModelHandle model, long capacity)
    {
        PoolHandle pool = new();
        nint native;
        bool isHeld = false;
        try
        {
            model.DangerousAddRef(ref isHeld);
            NativeMethods.PoolCreate(model.DangerousGetHandle(), capacity, &native).ThrowIfFailed();
        }
        finally
        {
            if (isHeld)
            {
                model.DangerousRelease();
            }
        }

        pool.Own(native);
        return pool;
    }

    private protected override void Destroy(nint native) => NativeMethods.PoolDestroy(native);
}
