namespace Recurrent.Serving;

/// <summary>
/// Where states of streams outlast the process. Writes are fenced: a state only replaces one of the same key with a smaller
/// sequence number, so that of two processes that believe to own a stream the slower one cannot undo what the faster one wrote.
/// </summary>
/// <remarks>
/// Several calls may run at the same time, for the same keys too. A call that throws has written each of its states or left it;
/// which of them it was, the next call with the same ones tells.
/// </remarks>
public interface IStreamStore
{
    /// <summary>Writes states, in as few round trips as the store can.</summary>
    /// <param name="states">1 or more, of different keys.</param>
    /// <param name="outcomes">Receives what became of each, <c>[states]</c>, of exactly that length.</param>
    /// <param name="cancellation">Gives up waiting; what was sent may still be written.</param>
    /// <returns>Ends when the states outlast the process.</returns>
    /// <exception cref="ArgumentException">A key is empty, too long, no text (half of a surrogate pair) or there twice, a sequence number is negative, or the lengths
    /// differ.</exception>
    /// <exception cref="IOException">The store could not be reached or did not take them; trying again later may help.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<StoredState> states, Memory<StoreOutcome> outcomes, CancellationToken cancellation = default);

    /// <summary>Reads the state of a stream.</summary>
    /// <param name="key">Whose state.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The bytes, as they were written; null if there are none.</returns>
    /// <exception cref="ArgumentException">The key is empty, too long or no text.</exception>
    /// <exception cref="IOException">The store could not be reached.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation = default);

    /// <summary>Forgets a stream. Its next state may have any sequence number.</summary>
    /// <param name="key">Whose state.</param>
    /// <param name="cancellation">Gives up waiting; it may still be forgotten.</param>
    /// <returns>Whether there was a state.</returns>
    /// <exception cref="ArgumentException">The key is empty, too long or no text.</exception>
    /// <exception cref="IOException">The store could not be reached.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    ValueTask<bool> RemoveAsync(string key, CancellationToken cancellation = default);
}
