using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Recurrent.Messages;

namespace Recurrent.Interop;

/// <summary>Status codes of the C interface as exceptions.</summary>
internal static class NativeStatusExtensions
{
    /// <summary>Throws what a status stands for, with the library's own words for what was wrong.</summary>
    /// <remarks>To be called on the thread that made the call, before it makes another one.</remarks>
    [StackTraceHidden]
    internal static void ThrowIfFailed(this NativeStatus status)
    {
        if (status != NativeStatus.Ok)
        {
            Throw(status);
        }
    }

    /// <summary>The exception that a status stands for.</summary>
    /// <param name="status">A status other than OK.</param>
    /// <param name="message">The library's message: <c>argument: text</c> for an invalid argument.</param>
    internal static Exception ToException(this NativeStatus status, string message) => status switch
    {
        NativeStatus.InvalidArgument => InvalidArgument(message),
        NativeStatus.NotSupported => new NotSupportedException(MessageText.Of(message)),
        NativeStatus.Busy => new InvalidOperationException(MessageText.Of(message)),
        NativeStatus.OutOfMemory => new InsufficientMemoryException(MessageText.Of(message)),
        NativeStatus.Unavailable => new PlatformNotSupportedException(MessageText.Of(message)),
        NativeStatus.FileAccess => new IOException(MessageText.Of(message)),
        NativeStatus.BadFile => new InvalidDataException(MessageText.Of(message)),
        NativeStatus.Internal => new RecurrentException(MessageText.Of(message)),
        _ => new RecurrentException(
            MessageText.Of($"The native library returned the unknown status {(int)status}: {message}")),
    };

    private static ArgumentException InvalidArgument(string message)
    {
        // .NET puts the parameter's name behind the message, in words of its own.
        string? parameter = NativeArgument.ParameterName(message);
        int behind = parameter is null ? 0 : new ArgumentException("", parameter).Message.Length;
        return new ArgumentException(MessageText.Of(message, MessageText.MaxLength - behind), parameter);
    }

    [DoesNotReturn]
    [StackTraceHidden]
    private static unsafe void Throw(NativeStatus status) =>
        throw status.ToException(
            NativeArgument.InManagedTerms(Marshal.PtrToStringUTF8((nint)NativeMethods.LastError()) ?? string.Empty));
}
