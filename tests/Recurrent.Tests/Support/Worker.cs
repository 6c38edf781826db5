using System.Runtime.ExceptionServices;

namespace Recurrent.Tests.Support;

/// <summary>A thread whose exception comes out where it is joined.</summary>
internal sealed class Worker
{
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;

    public Worker(Action action)
    {
        _thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                _failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        _thread.Start();
    }

    public bool IsRunning => _thread.IsAlive;

    public void Join()
    {
        _thread.Join();
        _failure?.Throw();
    }
}
