using System.Runtime.InteropServices;

namespace Recurrent.Cli.Train;

/// <summary>Ctrl-C and the request to end, between two batches; the second time they are obeyed at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    }

    /// <summary>What a shell expects of a process that a signal has ended.</summary>
    public int ExitCode { get; private set; } = Commands.ExitCode.Interrupted;

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        ExitCode = context.Signal == PosixSignal.SIGTERM ? Commands.ExitCode.Terminated : Commands.ExitCode.Interrupted;
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
