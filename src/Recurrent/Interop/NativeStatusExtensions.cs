using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

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
        NativeStatus.InvalidArgument => new ArgumentException(message, NativeArgument.ParameterName(message)),
        NativeStatus.NotSupported => new NotSupportedException(message),
        NativeStatus.Busy => new InvalidOperationException(message),
        NativeStatus.OutOfMemory => new InsufficientMemoryException(message),
        NativeStatus.Unavailable => new PlatformNotSupportedException(message),
        NativeStatus.Internal => new RecurrentException(message),
        _ => new RecurrentException($"The native library returned the unknown status {(int)status}: {message}"),
    };

    [DoesNotReturn]
    [StackTraceHidden]
    private static unsafe void Throw(NativeStatus status) =>
        throw status.ToException(
            NativeArgument.InManagedTerms(Marshal.PtrToStringUTF8((nint)NativeMethods.LastError()) ?? string.Empty));
}
