using Recurrent.Interop;

namespace Recurrent;

/// <summary>
/// The sessions that a model keeps for its predictions: at most as many as calls ran at once.
/// </summary>
/// <remarks>
/// A short lock, and not a stack without one: whether a session is to be opened, and whether there is still a call for
/// closing to wait for, follows from the number of running calls, which changes together with the stack. A stack without a
/// lock would also have to allocate for each return, since it takes a session that has come back for one that never left. The
/// lock is held for a count and a pop.
/// </remarks>
internal sealed class SessionPool(Func<Session> open, object owner)
{
    private readonly object _gate = new();
    private readonly Stack<Session> _idle = new();
    private int _running;
    private bool _isClosed;

    /// <exception cref="ObjectDisposedException">The pool is closed, or about to be.</exception>
    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed), owner);

    /// <summary>Takes an idle session or opens one. It goes back with <see cref="Return"/>.</summary>
    /// <exception cref="ObjectDisposedException">The pool is closed, or about to be.</exception>
    public Session Rent()
    {
        lock (_gate)
        {
            ThrowIfClosed();
            _running++;
            if (_idle.TryPop(out Session? idle))
            {
                return idle;
            }

            // None is idle, so this is how many there will be: none of their returns will allocate.
            _idle.EnsureCapacity(_running);
        }

        try
        {
            return open();
        }
        catch
        {
            Return(null);
            throw;
        }
    }

    /// <summary>Ends a call.</summary>
    /// <param name="session">Its session, which need not be reset; null if none could be opened.</param>
    public void Return(Session? session)
    {
        lock (_gate)
        {
            if (session is not null)
            {
                _idle.Push(session);
            }

            _running--;
            if (_isClosed && _running == 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>
    /// Refuses new calls, waits for the running ones and frees the sessions and the model. However many threads call it, it
    /// returns to each of them only when all that is done.
    /// </summary>
    public void Close(ModelHandle model)
    {
        lock (_gate)
        {
            Volatile.Write(ref _isClosed, true);
            while (_running > 0)
            {
                Monitor.Wait(_gate);
            }

            while (_idle.TryPop(out Session? session))
            {
                session.Dispose();
            }

            model.Dispose();
        }
    }
}
