namespace Recurrent;

/// <summary>
/// Something went wrong that is not the caller's doing: a fault of the native library, or, as
/// <see cref="NativeLibraryException"/>, that there is no usable one. What the caller can avoid is reported with the
/// exceptions of .NET: <see cref="ArgumentException"/>, <see cref="InvalidOperationException"/>,
/// <see cref="NotSupportedException"/>, <see cref="ObjectDisposedException"/>.
/// </summary>
public class RecurrentException : Exception
{
    /// <summary>Creates the exception with a text that says nothing in particular.</summary>
    public RecurrentException()
        : base("The native library of Recurrent failed.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    public RecurrentException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">What it follows from.</param>
    public RecurrentException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
