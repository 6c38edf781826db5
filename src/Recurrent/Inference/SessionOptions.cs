using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>What a session is to hold.</summary>
public sealed record SessionOptions
{
    /// <summary>
    /// Batch rows, that is streams that advance together, 0 or more. With 0 every call succeeds and does nothing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Batch
    {
        get;
        init => field = Require.Within(value, 0, int.MaxValue, nameof(Batch));
    } = 1;

    /// <summary>Threads that share the work of one call, the caller's included, 1 to 256.</summary>
    /// <remarks>
    /// How many of them a call uses, and how it is divided, is chosen by its size; <see cref="Session.Explain"/> tells.
    /// The results do not depend on it. Threads that have nothing to do sleep.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Threads
    {
        get;
        init => field = Require.Within(value, 1, NativeConstants.MaxThreads, nameof(Threads));
    } = 1;

    /// <summary>
    /// Whether each of the session's own threads is kept on a processor of its own; the caller's thread never is.
    /// </summary>
    /// <remarks>
    /// Sessions take the same processors in the same order, so this is for a process with one such session. Opening one
    /// with more threads than the process has processors throws an <see cref="ArgumentException"/>, and on a system that
    /// does not pin threads a <see cref="PlatformNotSupportedException"/>.
    /// </remarks>
    public bool PinThreads { get; init; }

    /// <summary>What the final state of a row is whose length is 0; null for the model's rule.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public EmptyRow? EmptyRow
    {
        get;
        init => field = value is { } rule ? Require.Defined(rule, nameof(EmptyRow)) : null;
    }
}
