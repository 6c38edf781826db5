using Recurrent.Serving;

namespace Recurrent.Tests.Serving;

/// <summary>A store in memory that can be told to fail, to hang, or to hang and not to look at the token.</summary>
internal sealed class FaultyStore : IStreamStore
{
    private volatile TaskCompletionSource? _hangs;

    public MemoryStreamStore Inner { get; } = new();

    public volatile bool IsDown;

    public volatile bool IgnoresTokens;

    /// <summary>A key whose states are refused, with whatever is written beside it.</summary>
    public volatile string? BadKey;

    public int Writes;

    public int LargestWrite;

    public void Hang() => _hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn()
    {
        TaskCompletionSource? hangs = _hangs;
        _hangs = null;
        hangs?.SetResult();
    }

    public async ValueTask WriteAsync(
        ReadOnlyMemory<StoredState> states, Memory<StoreOutcome> outcomes, CancellationToken cancellation = default)
    {
        await Meet(cancellation);
        foreach (StoredState state in states.ToArray())
        {
            if (state.Key == BadKey)
            {
                throw new IOException($"'{BadKey}' is damaged");
            }
        }

        Interlocked.Increment(ref Writes);
        LargestWrite = Math.Max(LargestWrite, states.Length);
        await Inner.WriteAsync(states, outcomes, cancellation);
    }

    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation = default)
    {
        await Meet(cancellation);
        return await Inner.ReadAsync(key, cancellation);
    }

    public async ValueTask<bool> RemoveAsync(string key, CancellationToken cancellation = default)
    {
        await Meet(cancellation);
        return await Inner.RemoveAsync(key, cancellation);
    }

    private async Task Meet(CancellationToken cancellation)
    {
        if (IsDown)
        {
            throw new IOException("the store is down");
        }

        if (_hangs is TaskCompletionSource hangs)
        {
            await (IgnoresTokens ? hangs.Task : hangs.Task.WaitAsync(cancellation));
        }
    }
}
