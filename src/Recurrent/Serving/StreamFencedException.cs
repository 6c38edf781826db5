namespace Recurrent.Serving;

/// <summary>
/// The store has a later state of a stream than this process: another process has gone on with it. The stream can only be closed
/// here; opened again, it goes on from the store's state.
/// </summary>
public sealed class StreamFencedException : InvalidOperationException
{
    /// <summary>Creates the exception with a text that says nothing in particular.</summary>
    public StreamFencedException()
        : this("Another process has gone on with the stream.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which stream, and what was found.</param>
    public StreamFencedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which stream, and what was found.</param>
    /// <param name="innerException">What it follows from.</param>
    public StreamFencedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
