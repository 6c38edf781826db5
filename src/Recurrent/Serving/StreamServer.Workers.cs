using System.Collections.Concurrent;
using System.Diagnostics;

namespace Recurrent.Serving;

/// <content>The queue and the threads that compute.</content>
public sealed partial class StreamServer
{
    // A call of four rows has nearly all the gain of a larger one, so a worker leaves what is beyond them to others that have nothing to do.
    private const int EnoughRows = 4;

    private readonly ConcurrentQueue<Entry> _queue = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread[] _workers;
    private volatile bool _isEnding;
    // Entries that were given and that no worker has taken, those that wait for their state included.
    private int _pending;
    private int _asleep;
    private int _isWoken;
    private long _stepsDone;
    private long _callsDone;

    private readonly record struct Entry(LiveStream Stream, long Version, long Arrival);

    /// <summary>Counts a step in, before it is put into the queue.</summary>
    internal void Admit()
    {
        int pending = Interlocked.Increment(ref _pending);
        if (_isEnding)
        {
            Forget(1);
            throw new ObjectDisposedException(nameof(StreamServer));
        }

        if (pending > _options.MaxPending)
        {
            Forget(1);
            throw Refuse(
                StreamServerBusyReason.TooManyPending,
                $"{_options.MaxPending} steps wait, which is as many as MaxPending allows. Try again later, or give the server more Workers.",
                null);
        }
    }

    /// <summary>Counts steps out that no worker will see.</summary>
    internal void Forget(int entries)
    {
        if (entries > 0 && Interlocked.Add(ref _pending, -entries) == 0 && _isEnding)
        {
            WakeAll(); // they wait for the last one
        }
    }

    internal void Enqueue(LiveStream stream, long version)
    {
        long arrival = _metrics.WantsQueueTime || _options.MaxWait > TimeSpan.Zero ? Stopwatch.GetTimestamp() : 0;
        _queue.Enqueue(new Entry(stream, version, arrival));
        // A worker counts itself as asleep before it looks at the queue for the last time.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _asleep) > 0)
        {
            Wake();
        }
    }

    // One is enough: it wakes another one if it leaves something.
    private void Wake()
    {
        if (Volatile.Read(ref _isWoken) == 0 && Interlocked.Exchange(ref _isWoken, 1) == 0)
        {
            _wake.Release();
        }
    }

    private void WakeAll() => _wake.Release(_workers.Length);

    private void RequireNotOnWorker()
    {
        if (Array.IndexOf(_workers, Thread.CurrentThread) >= 0)
        {
            throw new InvalidOperationException(
                "The server cannot be disposed on one of its own threads, which it would wait for. Dispose it from another thread.");
        }
    }

    private void Work(StepBatch batch)
    {
        while (true)
        {
            batch.Clear();
            Gather(batch);
            if (batch.Count > 0)
            {
                if (Volatile.Read(ref _asleep) > 0 && !_queue.IsEmpty)
                {
                    Wake();
                }

                Compute(batch);
                continue;
            }

            if (!_queue.IsEmpty)
            {
                continue;
            }

            if (_isEnding && Volatile.Read(ref _pending) == 0)
            {
                return;
            }

            Sleep();
        }
    }

    private void Sleep()
    {
        Interlocked.Increment(ref _asleep);
        if (_queue.IsEmpty && !(_isEnding && Volatile.Read(ref _pending) == 0))
        {
            _wake.Wait();
            Interlocked.Exchange(ref _isWoken, 0);
        }

        Interlocked.Decrement(ref _asleep);
    }

    private void Gather(StepBatch batch)
    {
        int asleep = Volatile.Read(ref _asleep);
        int share = (Volatile.Read(ref _pending) + asleep) / (1 + asleep);
        int rows = Math.Min(batch.Capacity, Math.Max(EnoughRows, share));
        int taken = 0;
        long arrival = Take(batch, rows, ref taken);
        if (taken > 0 && _options.MaxWait > TimeSpan.Zero)
        {
            SpinWait wait = default;
            while (batch.Rows < batch.Capacity && !_isEnding && Stopwatch.GetElapsedTime(arrival) < _options.MaxWait)
            {
                int before = taken;
                Take(batch, batch.Capacity, ref taken);
                if (taken == before)
                {
                    wait.SpinOnce();
                }
            }
        }

        if (taken > 0)
        {
            Forget(taken);
        }
    }

    // Returns when the first of them arrived.
    private long Take(StepBatch batch, int rows, ref int taken)
    {
        long first = 0;
        long now = _metrics.WantsQueueTime ? Stopwatch.GetTimestamp() : 0;
        while (batch.Rows < rows && _queue.TryDequeue(out Entry entry))
        {
            taken++;
            if (!entry.Stream.TryTake(entry.Version))
            {
                continue; // taken back
            }

            first = first == 0 ? entry.Arrival : first;
            if (now != 0 && entry.Arrival != 0)
            {
                _metrics.Waited(now - entry.Arrival);
            }

            try
            {
                batch.Add(entry.Stream, entry.Version);
            }
            catch (Exception exception)
            {
                entry.Stream.End(entry.Version, exception); // the memory that it was given is gone
            }
        }

        return first;
    }

    private void Compute(StepBatch batch)
    {
        long begin = _metrics.WantsStepTime ? Stopwatch.GetTimestamp() : 0;
        Exception? failure = null;
        try
        {
            batch.Run(_pool);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        if (begin != 0)
        {
            _metrics.Stepped(Stopwatch.GetTimestamp() - begin);
        }

        if (failure is null)
        {
            Interlocked.Increment(ref _callsDone);
            Interlocked.Add(ref _stepsDone, batch.Rows);
            _metrics.Called(batch.Rows);
        }

        long now = Environment.TickCount64;
        int row = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            ReadOnlySpan<float> y = batch.Output(i, ref row);
            Exception? own = failure;
            if (failure is not null && batch.Count > 1)
            {
                // Nothing has changed by the call; each alone tells whose fault it is.
                own = RunAlone(batch, i);
            }

            Finish(batch, i, y, now, own);
        }
    }

    private Exception? RunAlone(StepBatch batch, int i)
    {
        try
        {
            batch.RunOne(_pool, i);
            Interlocked.Increment(ref _callsDone);
            Interlocked.Add(ref _stepsDone, batch.Steps(i));
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private void Finish(StepBatch batch, int i, ReadOnlySpan<float> y, long now, Exception? failure)
    {
        LiveStream stream = batch.Stream(i);
        if (failure is null)
        {
            try
            {
                if (stream.Key is not null && !stream.IsDirty)
                {
                    stream.DirtySince = now;
                }

                stream.LastUsed = now;
                stream.Scatter(batch.Steps(i), Shape, y);
                if (stream.Key is not null && (stream.IsDue || now >= stream.NextCheckpoint))
                {
                    _keeper?.TrySnapshot(stream);
                }

                if (stream.StepsLeft > 0)
                {
                    // Behind the others that wait.
                    Interlocked.Increment(ref _pending);
                    Enqueue(stream, batch.Version(i));
                    return;
                }
            }
            catch (Exception exception)
            {
                failure = exception; // the memory for the output is gone
            }
        }

        stream.End(batch.Version(i), failure);
    }
}
