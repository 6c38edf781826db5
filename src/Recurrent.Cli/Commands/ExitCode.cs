using Recurrent.Formats;

namespace Recurrent.Cli.Commands;

/// <summary>What the tool's exit codes mean.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>What was checked does not hold.</summary>
    public const int Failure = 1;

    /// <summary>The command line or the input cannot be used.</summary>
    public const int Unusable = 2;

    /// <summary>Ended by Ctrl-C: 128 and the number of the signal, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by the request to end.</summary>
    public const int Terminated = 143;

    /// <summary>Whether an exception says that a network or a machine cannot be used, and why.</summary>
    public static bool IsUnusable(Exception e) => e is UnusableInputException or IOException
        or UnauthorizedAccessException or ModelFormatException or NativeLibraryException or ArgumentException
        or NotSupportedException or InvalidDataException or InsufficientMemoryException or OutOfMemoryException;
}
