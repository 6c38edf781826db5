using System.Threading.Tasks.Sources;

namespace Recurrent.Streams;

/// <summary>What a stream waits for before its next step. The thread that sets it runs what follows, as a reader of a network would.</summary>
internal sealed class Beat : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;
    // 0: nobody waits and nothing has come; 1: somebody waits; 2: a beat has come.
    private int _state;

    /// <summary>Beats that came while one had not been taken yet: the stream is late.</summary>
    public long Missed { get; private set; }

    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, 0, 2) == 2)
        {
            return ValueTask.CompletedTask;
        }

        _core.Reset();
        ValueTask task = new(this, _core.Version);
        if (Interlocked.CompareExchange(ref _state, 1, 0) == 2)
        {
            Volatile.Write(ref _state, 0);
            return ValueTask.CompletedTask;
        }

        return task;
    }

    public void Set()
    {
        switch (Interlocked.CompareExchange(ref _state, 2, 0))
        {
            case 1:
                Volatile.Write(ref _state, 0);
                _core.SetResult(true);
                break;
            case 2:
                Missed++;
                break;
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
