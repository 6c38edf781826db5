namespace Recurrent.Serving;

/// <content>Where the stream's state is: in the pool, or in the store.</content>
public sealed partial class LiveStream
{
    private readonly object _gate = new();
    private volatile bool _isResident;
    // Steps that wait for the state, and the entry of the last of them; the earlier ones have been taken back.
    private int _entriesWaiting;
    private long _versionWaiting;
    private bool _isRestoring;
    private bool _isOver;
    private long _persisted;
    private TaskCompletionSource? _written;

    /// <summary>The sequence number that the store has; 0 if it has none.</summary>
    public long Persisted => Volatile.Read(ref _persisted);

    /// <summary>Its place in the pool, while it has one.</summary>
    internal StreamId Id { get; private set; }

    internal bool IsResident => _isResident;

    /// <summary>Whether the stream has steps that the store does not have.</summary>
    internal bool IsDirty => Key is not null && Sequence > Persisted;

    /// <summary>Since when, in milliseconds of the system's clock; never later than the first of those steps.</summary>
    internal long DirtySince { get; set; }

    /// <summary>When the stream last advanced, likewise.</summary>
    internal long LastUsed { get; set; }

    /// <summary>When the state is to be written next, likewise.</summary>
    internal long NextCheckpoint { get; set; }

    /// <summary>Whether a worker is to copy the state after the stream's next step.</summary>
    internal bool IsDue { get; set; }

    /// <summary>Whether steps are refused until the store has taken a state.</summary>
    internal bool IsBehind { get; set; }

    /// <summary>Why the store did not take this stream's state alone; null if it is not known.</summary>
    internal Exception? StoreFailure { get; set; }

    /// <summary>Whether the store has a later state.</summary>
    internal bool IsFenced { get; set; }

    /// <summary>The copy that waits for the store; null for none. Who has the stream sets it, the writer takes it away.</summary>
    internal StateSnapshot? Snapshot { get; set; }

    /// <summary>Ends the stream: writes its state if it has a key, and gives its place up.</summary>
    /// <param name="cancellation">Gives up waiting for the store; the stream then stays open.</param>
    /// <returns>Ends when the store has the state.</returns>
    /// <exception cref="InvalidOperationException">A step of the stream is running. Nothing has changed.</exception>
    /// <exception cref="StreamFencedException">
    /// The stream was closed, and the store has the later state of another process.
    /// </exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async ValueTask CloseAsync(CancellationToken cancellation = default)
    {
        long version;
        try
        {
            version = Claim();
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        try
        {
            await _server.PersistAsync(this, cancellation).ConfigureAwait(false);
        }
        catch
        {
            Release(version);
            throw;
        }

        _server.Remove(this);
        Volatile.Write(ref _state, version | Closed);
        if (IsFenced)
        {
            throw Fenced();
        }
    }

    /// <summary>As <see cref="CloseAsync"/>, without an exception if another process has gone on with the stream.</summary>
    /// <returns>Ends when the store has the state.</returns>
    /// <exception cref="InvalidOperationException">A step of the stream is running. Nothing has changed.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await CloseAsync().ConfigureAwait(false);
        }
        catch (StreamFencedException)
        {
            // The stream is closed, and the other process has the state.
        }
    }

    /// <summary>Gives the stream its place, before anybody else has it.</summary>
    internal void Start(StreamId id, long sequence)
    {
        Id = id;
        _sequence = sequence;
        _persisted = sequence;
        _isResident = true;
        LastUsed = Environment.TickCount64;
        Volatile.Write(ref _state, Idle);
    }

    /// <summary>Whether no step is running, at this moment.</summary>
    internal bool IsAtRest => (Volatile.Read(ref _state) & PhaseMask) is Idle or Done;

    /// <summary>Keeps steps away for the time of a copy. Only a stream without a step can be held.</summary>
    internal bool TryHold(out long held)
    {
        long state = Volatile.Read(ref _state);
        held = (state & ~PhaseMask) | Held;
        return (state & PhaseMask) is Idle or Done
            && Interlocked.CompareExchange(ref _state, held, state) == state;
    }

    internal void Unhold(long held) => Volatile.Write(ref _state, (held & ~PhaseMask) | Idle);

    /// <summary>Gives the place in the pool up. The caller has the stream, and the store has its state if it goes on.</summary>
    /// <param name="isOver">Whether the stream will not come back.</param>
    /// <param name="id">The place.</param>
    /// <returns>Whether there was one.</returns>
    internal bool TryGiveUpPlace(bool isOver, out StreamId id)
    {
        lock (_gate)
        {
            id = Id;
            bool isResident = _isResident;
            _isResident = false;
            _isOver |= isOver;
            return isResident;
        }
    }

    /// <summary>The server has ended; the stream does not take steps any more.</summary>
    internal void Shut() => Volatile.Write(ref _state, (Volatile.Read(ref _state) & ~PhaseMask) | Closed);

    /// <summary>The store has a state. The writer calls this.</summary>
    internal void Persist(StateSnapshot snapshot)
    {
        // Steps after the copy, if there are any, are younger than it.
        DirtySince = snapshot.TakenAt;
        Volatile.Write(ref _persisted, snapshot.Sequence);
    }

    /// <summary>What became of the copy is known.</summary>
    internal void EndSnapshot()
    {
        TaskCompletionSource? written;
        lock (_gate)
        {
            Snapshot = null;
            written = _written;
            _written = null;
        }

        written?.SetResult();
    }

    /// <summary>Ends when what becomes of the copy is known; at once if there is none.</summary>
    internal Task SnapshotEnd()
    {
        lock (_gate)
        {
            return Snapshot is null
                ? Task.CompletedTask
                : (_written ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private StreamFencedException Fenced() => new(
        $"The store has a later state of the stream '{Key}' than this process, whose last is {Sequence}: "
        + "another process has gone on with it. Close the stream, and open it again to go on from there.");

    private void RequireTakesSteps()
    {
        if (IsFenced)
        {
            throw Fenced();
        }

        if (IsBehind)
        {
            throw _server.StoreBehind(this);
        }
    }

    // The step waits for the state. Every entry is put into the queue or given back, once.
    private void Restore(long version)
    {
        lock (_gate)
        {
            if (!_isResident)
            {
                _entriesWaiting++;
                _versionWaiting = version;
                if (!_isRestoring)
                {
                    _isRestoring = true;
                    // Not here: the store may take a while before it returns its task.
                    ThreadPool.UnsafeQueueUserWorkItem(static stream => _ = stream.RestoreAsync(), this, preferLocal: false);
                }

                return;
            }
        }

        _server.Enqueue(this, version);
    }

    private async Task RestoreAsync()
    {
        StreamId id = default;
        Exception? failure = null;
        try
        {
            id = await _server.RestoreAsync(this).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        int entries;
        long version;
        bool isTooLate;
        lock (_gate)
        {
            isTooLate = _isOver;
            if (failure is null && !isTooLate)
            {
                Id = id;
                LastUsed = Environment.TickCount64;
                _isResident = true;
            }

            entries = _entriesWaiting;
            version = _versionWaiting;
            _entriesWaiting = 0;
            _isRestoring = false;
        }

        if (failure is null && isTooLate)
        {
            // Its steps were taken back, and it was closed.
            _server.GiveBack(id);
            failure = new ObjectDisposedException(nameof(LiveStream), "The stream has been closed.");
        }

        if (failure is null)
        {
            _server.Forget(entries - 1);
            _server.Enqueue(this, version);
            return;
        }

        _server.Forget(entries);
        if (Interlocked.CompareExchange(ref _state, version | Ending, version | Waiting) == (version | Waiting))
        {
            End(version, Ending, failure);
        }
    }
}
