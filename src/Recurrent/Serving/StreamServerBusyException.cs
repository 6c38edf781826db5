namespace Recurrent.Serving;

/// <summary>
/// A <see cref="StreamServer"/> has as much to do as its options allow. Nothing has changed; the same call may succeed later.
/// </summary>
public sealed class StreamServerBusyException : InvalidOperationException
{
    /// <summary>Creates the exception with a text that says nothing in particular.</summary>
    public StreamServerBusyException()
        : this("The server is busy.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is full, and what to do.</param>
    public StreamServerBusyException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is full, and what to do.</param>
    /// <param name="innerException">What it follows from.</param>
    public StreamServerBusyException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="reason">What is full.</param>
    /// <param name="message">What is full, and what to do.</param>
    /// <param name="innerException">What it follows from; null for nothing.</param>
    public StreamServerBusyException(StreamServerBusyReason reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>What is full.</summary>
    public StreamServerBusyReason Reason { get; }
}
