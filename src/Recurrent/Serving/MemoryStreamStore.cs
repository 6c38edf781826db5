namespace Recurrent.Serving;

/// <summary>
/// States in the memory of the process, which they do not outlast: for tests, and for streams that are idle for a while.
/// </summary>
public sealed class MemoryStreamStore : IStreamStore
{
    private readonly Dictionary<string, (long Sequence, byte[] State)> _states = new(StringComparer.Ordinal);
    private readonly object _lock = new();

    /// <summary>Streams that have a state.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _states.Count;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(
        ReadOnlyMemory<StoredState> states, Memory<StoreOutcome> outcomes, CancellationToken cancellation = default)
    {
        StoreArguments.RequireStates(states, outcomes);
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        lock (_lock)
        {
            for (int i = 0; i < states.Length; i++)
            {
                outcomes.Span[i] = Write(states.Span[i]);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation = default)
    {
        StoreArguments.RequireKey(key);
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<byte[]?>(cancellation);
        }

        lock (_lock)
        {
            return ValueTask.FromResult(_states.TryGetValue(key, out var found) ? found.State.AsSpan().ToArray() : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(string key, CancellationToken cancellation = default)
    {
        StoreArguments.RequireKey(key);
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellation);
        }

        lock (_lock)
        {
            return ValueTask.FromResult(_states.Remove(key));
        }
    }

    private StoreOutcome Write(StoredState state)
    {
        bool isThere = _states.TryGetValue(state.Key, out (long Sequence, byte[] State) stored);
        StoreOutcome outcome = StoreArguments.OutcomeOf(state.Sequence, isThere ? stored.Sequence : null);
        if (outcome == StoreOutcome.Written)
        {
            // Nobody else has the array: states of a stream are of one length, so that nothing is allocated.
            byte[] bytes = isThere && stored.State.Length == state.State.Length ? stored.State : new byte[state.State.Length];
            state.State.CopyTo(bytes);
            _states[state.Key] = (state.Sequence, bytes);
        }

        return outcome;
    }
}
