namespace Recurrent.Serving;

/// <summary>Why a <see cref="StreamServer"/> refused a step or a stream that it may take later.</summary>
public enum StreamServerBusyReason
{
    /// <summary>As many steps wait as <see cref="StreamServerOptions.MaxPending"/> allows.</summary>
    TooManyPending,

    /// <summary>The pool has no room for another stream, and none that rests can be written to a store.</summary>
    NoRoom,

    /// <summary>
    /// The store is behind: it has not taken the stream's state for too long, or as many states wait for it as
    /// <see cref="StreamServerOptions.MaxUnwritten"/> allows.
    /// </summary>
    StoreBehind,
}
