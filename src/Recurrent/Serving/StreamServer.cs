using System.Collections.Concurrent;

namespace Recurrent.Serving;

/// <summary>
/// An asynchronous front of a <see cref="StreamPool"/>: steps of many streams arrive from anywhere, and workers compute those that
/// wait together.
/// </summary>
/// <remarks>
/// <para>
/// A worker takes the steps that have arrived, in the order of their arrival and at most <see cref="StreamServerOptions.MaxRows"/>, and
/// computes them in one call. It does not wait for more. The outputs have the same bits however steps come together.
/// </para>
/// <para>
/// With a store, streams that are opened by a key outlast the process: their states are written in batches, each at least as often as
/// <see cref="StreamServerOptions.CheckpointEvery"/> says, and a stream that is opened again goes on from its state. Streams that rest
/// give their place in the pool up. Nothing that a store is slow to take is lost: the states wait, a bounded number of them, and
/// further steps of their streams are refused.
/// </para>
/// <para>
/// Any thread may use a server. Its instruments are those of the meter <c>Recurrent</c>. The pool is the caller's: it may be used
/// beside the server for streams of its own, its model may be replaced, and it is disposed after the server.
/// </para>
/// </remarks>
public sealed partial class StreamServer : IDisposable, IAsyncDisposable
{
    private readonly StreamPool _pool;
    private readonly StreamServerOptions _options;
    private readonly ServerMetrics _metrics;
    private readonly StateKeeper? _keeper;
    private readonly ConcurrentDictionary<LiveStream, byte> _streams = new();
    private readonly ConcurrentDictionary<string, byte> _keys = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly object _ending = new();
    private readonly Task _rounds;
    private Task? _end;
    private int _resident;
    private long _refusals;
    private long _evictions;
    private long _restores;
    private long _lag;

    /// <summary>Starts the workers.</summary>
    /// <param name="pool">Where the streams are; the caller disposes it, after the server.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <exception cref="ArgumentNullException">The pool is null.</exception>
    /// <exception cref="ArgumentException">Streams are to be given up when they rest, and there is no store.</exception>
    /// <exception cref="NotSupportedException">The model takes indices and something else.</exception>
    public StreamServer(StreamPool pool, StreamServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pool);
        _pool = pool;
        _options = options ?? new StreamServerOptions();
        if (_options.IdleAfter is not null && _options.Store is null)
        {
            throw new ArgumentException(
                "options: IdleAfter gives places up to a Store, and there is none. Set both, or neither.", nameof(options));
        }

        Shape = new StepShape(pool.Model);
        StepBatch[] batches = [.. Enumerable.Range(0, _options.Workers).Select(_ => new StepBatch(Shape, _options.MaxRows))];
        _metrics = new ServerMetrics(this, _options.Name);
        _keeper = _options.Store is null ? null : new StateKeeper(_options.Store, _options, pool, _metrics);
        _workers = [.. batches.Select((batch, i) => new Thread(() => Work(batch))
        {
            IsBackground = true,
            Name = $"{_options.Name} {i}",
        })];
        foreach (Thread worker in _workers)
        {
            worker.Start();
        }

        _rounds = _keeper is null ? Task.CompletedTask : Task.Run(() => MakeRoundsAsync(_keeper));
    }

    /// <summary>The pool that was given.</summary>
    public StreamPool Pool => _pool;

    /// <summary>What the server has done and has to do.</summary>
    public StreamServerStatistics Statistics
    {
        get
        {
            return new StreamServerStatistics
            {
                Streams = _streams.Count,
                Resident = Volatile.Read(ref _resident),
                Pending = Volatile.Read(ref _pending),
                Steps = Interlocked.Read(ref _stepsDone),
                Calls = Interlocked.Read(ref _callsDone),
                Refusals = Interlocked.Read(ref _refusals),
                Unwritten = _keeper?.Unwritten ?? 0,
                Written = _keeper?.Written ?? 0,
                StoreFailures = _keeper?.Failures ?? 0,
                Evictions = Interlocked.Read(ref _evictions),
                Restores = Interlocked.Read(ref _restores),
                CheckpointLag = TimeSpan.FromMilliseconds(Interlocked.Read(ref _lag)),
            };
        }
    }

    internal StepShape Shape { get; }

    /// <summary>Opens a stream that ends with the process.</summary>
    /// <returns>The stream, where a sequence starts from; the caller closes it.</returns>
    /// <exception cref="StreamServerBusyException">The pool has no room.</exception>
    /// <exception cref="ObjectDisposedException">The server or the pool has been disposed.</exception>
    public LiveStream Open()
    {
        ObjectDisposedException.ThrowIf(_isEnding, this);
        if (!_pool.TryOpen(out StreamId id) && !(TryGiveUpPlaces() && _pool.TryOpen(out id)))
        {
            throw NoRoom();
        }

        LiveStream stream = new(this, null);
        Add(stream, id, 0);
        return stream;
    }

    /// <summary>Opens a stream whose state is kept in the store: a new one, or the one that was there.</summary>
    /// <param name="key">Its key in the store: 1 to <see cref="StoredState.MaxKeyLength"/> characters.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>
    /// The stream; <see cref="LiveStream.Sequence"/> tells how many steps are behind it. The caller closes it.
    /// </returns>
    /// <exception cref="ArgumentException">The key is empty, too long or no text.</exception>
    /// <exception cref="InvalidOperationException">There is no store, or the key is open already.</exception>
    /// <exception cref="StreamStateException">What the store has is damaged, or of another model.</exception>
    /// <exception cref="StreamServerBusyException">The pool has no room, and no stream that rests could be written.</exception>
    /// <exception cref="IOException">The store could not be reached.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">The server or the pool has been disposed.</exception>
    public async ValueTask<LiveStream> OpenAsync(string key, CancellationToken cancellation = default)
    {
        StoreArguments.RequireKey(key);
        ObjectDisposedException.ThrowIf(_isEnding, this);
        if (_keeper is null)
        {
            throw new InvalidOperationException("key: a stream with a key needs a store. Give the options a Store, or call Open().");
        }

        if (!_keys.TryAdd(key, 0))
        {
            throw new InvalidOperationException($"key: the stream '{key}' is open already.");
        }

        float[] state = System.Buffers.ArrayPool<float>.Shared.Rent(_pool.StateSize);
        try
        {
            long sequence = await _keeper.ReadAsync(key, state, cancellation).ConfigureAwait(false);
            StreamId id = await TakePlaceAsync(cancellation).ConfigureAwait(false);
            try
            {
                if (sequence >= 0)
                {
                    _pool.LoadState([id], state.AsSpan(0, _pool.StateSize));
                    Interlocked.Increment(ref _restores);
                }
            }
            catch
            {
                CloseInPool(id);
                throw;
            }

            LiveStream stream = new(this, key);
            // A phase of its own, so that the writes of all streams are spread.
            stream.NextCheckpoint = Environment.TickCount64 + Random.Shared.NextInt64((long)_options.CheckpointEvery.TotalMilliseconds + 1);
            Add(stream, id, Math.Max(sequence, 0));
            return stream;
        }
        catch
        {
            _keys.TryRemove(key, out _);
            throw;
        }
        finally
        {
            System.Buffers.ArrayPool<float>.Shared.Return(state);
        }
    }

    /// <summary>Writes the states that the store does not have.</summary>
    /// <param name="cancellation">Gives up waiting; nothing is lost.</param>
    /// <returns>Ends when the store has all steps that had been computed when it was called.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async ValueTask CheckpointAsync(CancellationToken cancellation = default)
    {
        if (_keeper is null)
        {
            return;
        }

        List<(LiveStream Stream, long Sequence)> targets = [];
        foreach (KeyValuePair<LiveStream, byte> entry in _streams)
        {
            if (entry.Key.IsDirty)
            {
                targets.Add((entry.Key, entry.Key.Sequence));
                SnapshotIfAtRest(_keeper, entry.Key);
            }
        }

        foreach ((LiveStream stream, long sequence) in targets)
        {
            while (stream.Persisted < sequence && !stream.IsFenced && _streams.ContainsKey(stream))
            {
                await stream.SnapshotEnd().WaitAsync(cancellation).ConfigureAwait(false);
                if (stream.Persisted < sequence && !stream.IsFenced && !SnapshotIfAtRest(_keeper, stream))
                {
                    // A worker copies it after the step that is running; or there is no room yet.
                    await Task.Delay(1, cancellation).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>
    /// Refuses new steps, computes those that wait, writes the states that the store does not have, and closes the streams.
    /// </summary>
    /// <returns>Ends when that is done.</returns>
    /// <exception cref="InvalidOperationException">It is called on a thread of the server. Nothing has changed.</exception>
    /// <exception cref="IOException">
    /// The store did not take all states in <see cref="StreamServerOptions.StoreTimeout"/>; the server has ended without them. To wait longer, call
    /// <see cref="CheckpointAsync"/> before.
    /// </exception>
    public ValueTask DisposeAsync()
    {
        RequireNotOnWorker();
        lock (_ending)
        {
            _end ??= Task.Run(EndAsync);
        }

        return new ValueTask(_end);
    }

    /// <summary>As <see cref="DisposeAsync"/>, and waits for it.</summary>
    /// <inheritdoc cref="DisposeAsync" path="/exception"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Writes what the store does not have of a stream that takes no steps.</summary>
    internal Task PersistAsync(LiveStream stream, CancellationToken cancellation) =>
        _keeper is null || stream.Key is null ? Task.CompletedTask : _keeper.PersistAsync(stream, cancellation);

    /// <summary>Gives a place to a stream whose state is in the store.</summary>
    internal async Task<StreamId> RestoreAsync(LiveStream stream)
    {
        float[] state = System.Buffers.ArrayPool<float>.Shared.Rent(_pool.StateSize);
        try
        {
            long sequence = await _keeper!.ReadAsync(stream.Key!, state, default).ConfigureAwait(false);
            if (sequence > stream.Sequence)
            {
                stream.IsFenced = true;
                throw new StreamFencedException(
                    $"The store has the stream '{stream.Key}' after {sequence} steps, and this process wrote it after {stream.Sequence}: "
                    + "another process has gone on with it. Close the stream, and open it again to go on from there.");
            }

            // A stream that rested before its first step is not in the store.
            bool isNew = sequence < 0 && stream.Sequence == 0;
            if (sequence < stream.Sequence && !isNew)
            {
                throw new IOException(
                    $"The store has lost the state of the stream '{stream.Key}': it was written after {stream.Sequence} steps, and the store has "
                    + (sequence < 0 ? "none." : $"that after {sequence}."));
            }

            StreamId id = await TakePlaceAsync(default).ConfigureAwait(false);
            try
            {
                if (!isNew)
                {
                    _pool.LoadState([id], state.AsSpan(0, _pool.StateSize));
                    Interlocked.Increment(ref _restores);
                }
            }
            catch
            {
                CloseInPool(id);
                throw;
            }

            Interlocked.Increment(ref _resident);
            return id;
        }
        finally
        {
            System.Buffers.ArrayPool<float>.Shared.Return(state);
        }
    }

    internal void Remove(LiveStream stream)
    {
        if (stream.TryGiveUpPlace(isOver: true, out StreamId id))
        {
            GiveBack(id);
        }

        _streams.TryRemove(stream, out _);
        if (stream.Key is not null)
        {
            _keys.TryRemove(stream.Key, out _);
        }
    }

    /// <summary>Gives the place of a stream back to the pool.</summary>
    internal void GiveBack(StreamId id)
    {
        Interlocked.Decrement(ref _resident);
        CloseInPool(id);
    }

    internal StreamServerBusyException StoreBehind(LiveStream stream)
    {
        Exception? failure = stream.StoreFailure ?? _keeper?.LastFailure;
        string last = failure is null ? string.Empty : $" Its last failure: {failure.Message}";
        return Refuse(
            StreamServerBusyReason.StoreBehind,
            $"The store is behind: {_keeper?.Unwritten} states wait for it, and of the stream '{stream.Key}' it has "
            + $"{stream.Persisted} of {stream.Sequence} steps. Try again later; no step is lost.{last}",
            failure);
    }

    private StreamServerBusyException NoRoom() => Refuse(
        StreamServerBusyReason.NoRoom,
        $"All {_pool.Capacity} places of the pool are taken by streams that cannot be given up. Close one, or make a larger pool.",
        null);

    private StreamServerBusyException Refuse(StreamServerBusyReason reason, string message, Exception? inner)
    {
        Interlocked.Increment(ref _refusals);
        _metrics.Refused(reason);
        return new StreamServerBusyException(reason, message, inner);
    }

    private void Add(LiveStream stream, StreamId id, long sequence)
    {
        stream.Start(id, sequence);
        Interlocked.Increment(ref _resident);
        _streams[stream] = 0;
        if (_isEnding)
        {
            // The end may have passed over it.
            Remove(stream);
            stream.Shut();
            throw new ObjectDisposedException(nameof(StreamServer));
        }
    }

    // Somebody may have closed the stream beside the server.
    private void CloseInPool(StreamId id)
    {
        try
        {
            _pool.Close(id);
        }
        catch (Exception exception) when (exception is ArgumentException or ObjectDisposedException)
        {
            // It has no place, which is what was wanted.
        }
    }

    private async Task EndAsync()
    {
        _isEnding = true;
        Interlocked.MemoryBarrier();
        WakeAll();
        await Task.Run(() =>
        {
            foreach (Thread worker in _workers)
            {
                worker.Join();
            }
        }).ConfigureAwait(false);

        int unwritten = 0;
        Exception? failure = null;
        if (_keeper is not null)
        {
            using CancellationTokenSource timeout = new(_options.StoreTimeout);
            try
            {
                await CheckpointAsync(timeout.Token).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                failure = _keeper.LastFailure
                    ?? _streams.Select(entry => entry.Key.StoreFailure).FirstOrDefault(found => found is not null)
                    ?? exception;
                unwritten = _streams.Count(entry => entry.Key.IsDirty && !entry.Key.IsFenced);
            }

            await _stop.CancelAsync().ConfigureAwait(false);
            await _rounds.ConfigureAwait(false);
            await _keeper.DisposeAsync().ConfigureAwait(false);
        }

        foreach (KeyValuePair<LiveStream, byte> entry in _streams)
        {
            Remove(entry.Key);
            entry.Key.Shut();
        }

        _metrics.Dispose();
        if (unwritten > 0)
        {
            throw new IOException(
                $"The store did not take the states of {unwritten} streams in {_options.StoreTimeout.TotalSeconds} seconds. The server has ended "
                + "without them. To wait longer, call CheckpointAsync before.",
                failure);
        }
    }
}
