using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Recurrent.Serving;

/// <summary>
/// Carries states of streams to a store: copies those that are due, a bounded number of them, and writes them in batches until the
/// store has taken them.
/// </summary>
internal sealed class StateKeeper : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly IStreamStore _store;
    private readonly StreamServerOptions _options;
    private readonly StreamPool _pool;
    private readonly ServerMetrics _metrics;
    private readonly int _bytes;
    private readonly SemaphoreSlim _room;
    private readonly ConcurrentQueue<StateSnapshot> _free = new();
    private readonly Channel<StateSnapshot> _waiting =
        Channel.CreateUnbounded<StateSnapshot>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writer;
    private long _failures;
    private long _written;
    private volatile Exception? _lastFailure;

    public StateKeeper(IStreamStore store, StreamServerOptions options, StreamPool pool, ServerMetrics metrics)
    {
        _store = store;
        _options = options;
        _pool = pool;
        _metrics = metrics;
        _bytes = StreamState.SizeOf(pool.StateSize);
        _room = new SemaphoreSlim(options.MaxUnwritten, options.MaxUnwritten);
        _writer = Task.Run(WriteAsync);
    }

    public long Failures => Interlocked.Read(ref _failures);

    public long Written => Interlocked.Read(ref _written);

    public int Unwritten => _options.MaxUnwritten - _room.CurrentCount;

    /// <summary>Why the last call of the store failed, if none has succeeded since.</summary>
    public Exception? LastFailure => _lastFailure;

    /// <summary>Copies a stream's state and hands it to the writer. The caller is the only one that uses the stream.</summary>
    /// <returns>Whether there was room, and no copy on its way already.</returns>
    public bool TrySnapshot(LiveStream stream)
    {
        if (stream.Snapshot is not null)
        {
            return false;
        }

        if (!_room.Wait(0))
        {
            stream.IsBehind = true;
            return false;
        }

        try
        {
            Take(stream);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // Somebody uses or has closed the stream beside the server, or disposed the pool: its next step says so.
            return false;
        }
    }

    /// <summary>Writes what the store does not have of a stream. The caller keeps it from taking steps.</summary>
    public async Task PersistAsync(LiveStream stream, CancellationToken cancellation)
    {
        if (!stream.IsDirty || stream.IsFenced)
        {
            return;
        }

        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        try
        {
            while (stream.IsDirty && !stream.IsFenced)
            {
                await stream.SnapshotEnd().WaitAsync(either.Token).ConfigureAwait(false);
                if (stream.IsDirty && !stream.IsFenced)
                {
                    await _room.WaitAsync(either.Token).ConfigureAwait(false);
                    Take(stream);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(StreamServer));
        }
    }

    /// <summary>Reads a stream's state.</summary>
    /// <returns>The sequence number; -1 if the store has no state.</returns>
    public async Task<long> ReadAsync(string key, float[] state, CancellationToken cancellation)
    {
        byte[]? bytes;
        using (CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            timeout.CancelAfter(_options.StoreTimeout);
            try
            {
                bytes = await _store.ReadAsync(key, timeout.Token).AsTask().WaitAsync(timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
            {
                Interlocked.Increment(ref _failures);
                throw new IOException(
                    $"The store did not read the state of the stream '{key}' in {_options.StoreTimeout.TotalSeconds} seconds.", exception);
            }
        }

        return bytes is null
            ? -1
            : StreamState.Read(bytes, _pool.Model.Fingerprints, state.AsSpan(0, _pool.StateSize), _options.Match);
    }

    /// <summary>Gives up what the store has not taken. Ends when the store is not called any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _writer.ConfigureAwait(false);
    }

    // A place of _room has been taken for it.
    private void Take(LiveStream stream)
    {
        if (!_free.TryDequeue(out StateSnapshot? snapshot))
        {
            snapshot = new StateSnapshot(_bytes);
        }

        float[] state = System.Buffers.ArrayPool<float>.Shared.Rent(_pool.StateSize);
        try
        {
            Span<float> values = state.AsSpan(0, _pool.StateSize);
            _pool.SaveState([stream.Id], values);
            StreamState.Write(_pool.Model.Fingerprints, stream.Sequence, values, snapshot.Bytes);
        }
        catch
        {
            _free.Enqueue(snapshot);
            _room.Release();
            throw;
        }
        finally
        {
            System.Buffers.ArrayPool<float>.Shared.Return(state);
        }

        snapshot.Stream = stream;
        snapshot.Sequence = stream.Sequence;
        snapshot.TakenAt = Environment.TickCount64;
        stream.IsDue = false;
        stream.IsBehind = false;
        stream.Snapshot = snapshot;
        _waiting.Writer.TryWrite(snapshot);
    }

    private async Task WriteAsync()
    {
        // A batch, or after a failure what it was cut into: the first part on top.
        Stack<List<StateSnapshot>> parts = new();
        bool hasSucceeded = false;
        Call call = new(_options.StatesPerWrite);
        TimeSpan pause = FirstPause;
        try
        {
            while (parts.Count > 0 || await _waiting.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                if (parts.Count == 0)
                {
                    parts.Push(TakeWaiting());
                    hasSucceeded = false;
                }

                List<StateSnapshot> part = parts.Pop();
                for (int i = 0; i < part.Count; i++)
                {
                    call.States[i] = new StoredState(part[i].Stream!.Key!, part[i].Sequence, part[i].Bytes);
                }

                if (await TryWriteAsync(call, part.Count).ConfigureAwait(false))
                {
                    for (int i = 0; i < part.Count; i++)
                    {
                        End(part[i], call.Outcomes[i]);
                    }

                    hasSucceeded = true;
                    pause = FirstPause;
                    continue;
                }

                if (call.IsAbandoned)
                {
                    part.ForEach(snapshot => snapshot.IsAbandoned = true);
                    call = new Call(_options.StatesPerWrite);
                }

                await Task.Delay(pause, _stop.Token).ConfigureAwait(false);
                pause = pause + pause < LongestPause ? pause + pause : LongestPause;
                parts.Push(part);
                Cut(parts, hasSucceeded);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The server has ended; it has said what the store did not take.
        }
    }

    // States that wait, up to a batch. One that has failed alone is tried alone, so that it does not keep others from being written.
    private List<StateSnapshot> TakeWaiting()
    {
        List<StateSnapshot> batch = [];
        while (batch.Count < _options.StatesPerWrite
            && !(batch.Count > 0 && batch[0].HasFailedAlone)
            && _waiting.Reader.TryPeek(out StateSnapshot? next)
            && (batch.Count == 0 || !next.HasFailedAlone)
            && _waiting.Reader.TryRead(out next))
        {
            batch.Add(next);
        }

        return batch;
    }

    // After the failure of the part on top: it may be the store, or one of the states (a file that is damaged, a key with something else
    // behind it), and then halves tell which. That one comes again later, and the others go on.
    private void Cut(Stack<List<StateSnapshot>> parts, bool hasSucceeded)
    {
        List<StateSnapshot> part = parts.Pop();
        if (part.Count > 1)
        {
            int half = part.Count / 2;
            parts.Push(part[half..]);
            parts.Push(part[..half]);
        }
        else if (hasSucceeded || part[0].HasFailedAlone)
        {
            StateSnapshot snapshot = part[0];
            snapshot.HasFailedAlone = true;
            snapshot.Stream!.StoreFailure = _lastFailure;
            _ = PutBackLaterAsync(snapshot);
        }
        else
        {
            // Nothing has gone well: it is the store, or it is this one, which then comes behind the others.
            foreach (StateSnapshot snapshot in parts.SelectMany(rest => rest).Append(part[0]))
            {
                _waiting.Writer.TryWrite(snapshot);
            }

            parts.Clear();
        }
    }

    private async Task PutBackLaterAsync(StateSnapshot snapshot)
    {
        await Task.Delay(LongestPause).ConfigureAwait(false);
        _waiting.Writer.TryWrite(snapshot);
    }

    private async Task<bool> TryWriteAsync(Call call, int count)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        timeout.CancelAfter(_options.StoreTimeout);
        try
        {
            // A store that does not look at the token is left alone a little later, with what it has been given.
            await _store.WriteAsync(call.States.AsMemory(0, count), call.Outcomes.AsMemory(0, count), timeout.Token).AsTask()
                .WaitAsync(_options.StoreTimeout + OneSecond, _stop.Token).ConfigureAwait(false);
            _lastFailure = null;
            return true;
        }
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            // Whatever it is, the states are still here, and are all that can be lost.
            call.IsAbandoned = exception is TimeoutException;
            _lastFailure = exception is OperationCanceledException or TimeoutException
                ? new IOException($"The store did not write in {_options.StoreTimeout.TotalSeconds} seconds.", exception)
                : exception;
            Interlocked.Increment(ref _failures);
            _metrics.StoreFailed();
            return false;
        }
    }

    private void End(StateSnapshot snapshot, StoreOutcome outcome)
    {
        LiveStream stream = snapshot.Stream!;
        long now = Environment.TickCount64;
        if (outcome == StoreOutcome.Fenced)
        {
            stream.IsFenced = true;
        }
        else
        {
            _metrics.StateWritten(now - stream.DirtySince);
            stream.Persist(snapshot);
            stream.IsBehind = false;
            stream.NextCheckpoint = snapshot.TakenAt + (long)_options.CheckpointEvery.TotalMilliseconds;
            Interlocked.Increment(ref _written);
        }

        stream.StoreFailure = null;
        snapshot.Stream = null;
        snapshot.HasFailedAlone = false;
        stream.EndSnapshot();
        // A call that did not end may still read the bytes of one that it was given.
        if (!snapshot.IsAbandoned)
        {
            _free.Enqueue(snapshot);
        }

        _room.Release();
    }

    // What the store is given. A call that did not end may still read and write it.
    private sealed class Call(int size)
    {
        public StoredState[] States { get; } = new StoredState[size];

        public StoreOutcome[] Outcomes { get; } = new StoreOutcome[size];

        public bool IsAbandoned { get; set; }
    }
}
