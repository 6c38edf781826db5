namespace Recurrent;

/// <summary>
/// The bytes of a state are damaged, of another version, or of a model that cannot take them. The message says which.
/// </summary>
public sealed class StreamStateException : FormatException
{
    /// <summary>Makes an exception without a reason; the other constructors are meant to be used.</summary>
    public StreamStateException()
    {
    }

    /// <summary>Makes an exception with a reason.</summary>
    /// <param name="message">What is wrong, and where.</param>
    public StreamStateException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a reason and what led to it.</summary>
    /// <param name="message">What is wrong, and where.</param>
    /// <param name="innerException">What led to it.</param>
    public StreamStateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
