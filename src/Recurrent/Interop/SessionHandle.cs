namespace Recurrent.Interop;

/// <summary>Owner of a native session.</summary>
/// <remarks>
/// The native side forbids closing a session that a call is running on. Whoever holds the raw value for the hot path
/// must keep this object reachable for as long as a call runs (<see cref="GC.KeepAlive"/>) and dispose it only between
/// calls. A reference taken with <c>DangerousAddRef</c> for good has to be given back by a finalizer of its owner, or
/// an abandoned session is never freed.
/// </remarks>
internal sealed class SessionHandle : CountedHandle<SessionHandle>
{
    /// <summary>Owns nothing yet; <see cref="Create"/> is what callers want.</summary>
    internal SessionHandle()
    {
    }

    /// <summary>Opens a session of a model.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    internal static unsafe SessionHandle Create(ModelHandle model, NativeSessionDesc* desc)
    {
        SessionHandle session = new();
        nint native;
        bool isHeld = false;
        try
        {
            model.DangerousAddRef(ref isHeld);
            NativeMethods.SessionCreate(model.DangerousGetHandle(), desc, &native).ThrowIfFailed();
        }
        finally
        {
            if (isHeld)
            {
                model.DangerousRelease();
            }
        }

        session.Own(native);
        return session;
    }

    private protected override void Destroy(nint native) => NativeMethods.SessionDestroy(native);
}
