namespace Recurrent.Serving;

/// <content>What is done for streams while they rest.</content>
public sealed partial class StreamServer
{
    // Streams that give their places up together when the pool is full: looking for them goes over all streams.
    private const int PlacesAtOnce = 64;

    private async Task MakeRoundsAsync(StateKeeper keeper)
    {
        double period = Math.Min(_options.CheckpointEvery.TotalMilliseconds / 8, (_options.IdleAfter?.TotalMilliseconds ?? 8000) / 4);
        period = Math.Clamp(Math.Min(period, _options.MaxCheckpointLag.TotalMilliseconds / 4), 2, 1000);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(period));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                MakeRound(keeper);
            }
        }
        catch (OperationCanceledException)
        {
            // The server has ended.
        }
    }

    private void MakeRound(StateKeeper keeper)
    {
        long now = Environment.TickCount64;
        long oldest = now;
        long idle = _options.IdleAfter is TimeSpan span ? (long)span.TotalMilliseconds : long.MaxValue;
        long longestLag = (long)_options.MaxCheckpointLag.TotalMilliseconds;
        foreach (KeyValuePair<LiveStream, byte> entry in _streams)
        {
            LiveStream stream = entry.Key;
            if (stream.Key is null)
            {
                continue;
            }

            bool rests = now - stream.LastUsed >= idle;
            if (stream.IsDirty)
            {
                oldest = Math.Min(oldest, stream.DirtySince);
                if (now - stream.DirtySince > longestLag)
                {
                    stream.IsBehind = true;
                }

                if (now >= stream.NextCheckpoint || rests)
                {
                    SnapshotIfAtRest(keeper, stream);
                }
            }
            else if (rests && stream.IsResident)
            {
                TryGiveUpPlace(stream);
            }
        }

        Interlocked.Exchange(ref _lag, Math.Max(now - oldest, 0));
    }

    // If a step is running, its worker copies the state.
    private static bool SnapshotIfAtRest(StateKeeper keeper, LiveStream stream)
    {
        if (stream.IsFenced)
        {
            return false;
        }

        stream.IsDue = true;
        if (stream.Snapshot is not null || !stream.TryHold(out long held))
        {
            return false;
        }

        try
        {
            return stream.IsDirty && stream.IsResident && keeper.TrySnapshot(stream);
        }
        finally
        {
            stream.Unhold(held);
        }
    }

    private bool TryGiveUpPlace(LiveStream stream)
    {
        if (!stream.TryHold(out long held))
        {
            return false;
        }

        try
        {
            if (stream.IsDirty || stream.IsFenced || stream.Snapshot is not null
                || !stream.TryGiveUpPlace(isOver: false, out StreamId id))
            {
                return false;
            }

            GiveBack(id);
            Interlocked.Increment(ref _evictions);
            return true;
        }
        finally
        {
            stream.Unhold(held);
        }
    }

    // Of the streams that rest and whose states the store has, those that have rested longest.
    private bool TryGiveUpPlaces()
    {
        bool any = false;
        foreach (LiveStream stream in LongestAtRest(isDirty: false))
        {
            any |= TryGiveUpPlace(stream);
        }

        return any;
    }

    private LiveStream[] LongestAtRest(bool isDirty)
    {
        PriorityQueue<LiveStream, long> longest = new();
        foreach (KeyValuePair<LiveStream, byte> entry in _streams)
        {
            LiveStream stream = entry.Key;
            if (stream.Key is not null && stream.IsResident && stream.IsDirty == isDirty && !stream.IsFenced && stream.IsAtRest)
            {
                // The one that leaves first is the one that was used last.
                longest.Enqueue(stream, -stream.LastUsed);
                if (longest.Count > PlacesAtOnce)
                {
                    longest.Dequeue();
                }
            }
        }

        return [.. longest.UnorderedItems.Select(item => item.Element)];
    }

    // A place in the pool for a stream with a key, from others that rest if need be.
    private async Task<StreamId> TakePlaceAsync(CancellationToken cancellation)
    {
        if (_pool.TryOpen(out StreamId id))
        {
            return id;
        }

        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(_options.StoreTimeout);
        try
        {
            // Several may look for a place at the same time and take each other's.
            while (true)
            {
                if (TryGiveUpPlaces())
                {
                    if (_pool.TryOpen(out id))
                    {
                        return id;
                    }

                    continue;
                }

                LiveStream[] resting = LongestAtRest(isDirty: true);
                if (resting.Length == 0)
                {
                    return _pool.TryOpen(out id) ? id : throw NoRoom();
                }

                foreach (LiveStream stream in resting)
                {
                    SnapshotIfAtRest(_keeper!, stream);
                }

                foreach (LiveStream stream in resting)
                {
                    await stream.SnapshotEnd().WaitAsync(timeout.Token).ConfigureAwait(false);
                }

                if (_pool.TryOpen(out id))
                {
                    return id;
                }

                await Task.Yield();
                timeout.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw NoRoom();
        }
    }
}
