namespace Recurrent;

/// <summary>
/// The native library was not found, is not for this platform, or does not go with this assembly. The message says what
/// was found, what is needed and what to do. Models and sessions need the library; <c>Recurrent.Reference</c> computes
/// the same values, slowly, without it.
/// </summary>
public sealed class NativeLibraryException : RecurrentException
{
    /// <summary>Creates the exception with a text that says nothing in particular.</summary>
    public NativeLibraryException()
        : this("The native library of Recurrent cannot be used.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found, what is needed and what to do.</param>
    public NativeLibraryException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found, what is needed and what to do.</param>
    /// <param name="innerException">What it follows from.</param>
    public NativeLibraryException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Path of the library that was found but cannot be used; null if none was found.</summary>
    public string? LibraryPath { get; init; }
}
