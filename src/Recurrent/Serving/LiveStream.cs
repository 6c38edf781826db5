using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;
using Recurrent.Layers;

namespace Recurrent.Serving;

/// <summary>
/// A stream of a <see cref="StreamServer"/>: steps are given to it one after the other, and computed together with those of other
/// streams.
/// </summary>
/// <remarks>
/// <para>
/// One step at a time: the next one may be given when the one before has been awaited. Another one meanwhile is refused with an
/// <see cref="InvalidOperationException"/>. A <see cref="ValueTask"/> is awaited once. The memory that a step was given belongs to it until then.
/// </para>
/// <para>What follows an <c>await</c> runs on the thread pool, never on the server's threads. A step allocates nothing.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "It is a stream as this library has them: of steps, not of bytes.")]
public sealed partial class LiveStream : IValueTaskSource, IAsyncDisposable
{
    // What the stream is doing; the version above it grows with every step, so that an old entry of the queue is not taken for
    // that of a later step.
    private const long Idle = 0;
    private const long Held = 1;
    private const long Claimed = 2;
    private const long Waiting = 3;
    private const long Running = 4;
    private const long Ending = 5;
    private const long Done = 6;
    private const long Closed = 7;
    private const long PhaseMask = 7;
    private const long OneVersion = 8;

    private readonly StreamServer _server;
    private long _state = Claimed;
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

    // The step: features or indices, [steps, features] or [steps]. _first is the first step that has not been computed.
    private ReadOnlyMemory<float> _x;
    private ReadOnlyMemory<int> _indices;
    private Memory<float> _y;
    private int _steps;
    private int _first;
    private int _oneIndex;

    private long _sequence;

    internal LiveStream(StreamServer server, string? key)
    {
        _server = server;
        Key = key;
    }

    /// <summary>The key of its state in the store; null for a stream that ends with the process.</summary>
    public string? Key { get; }

    /// <summary>Steps that have been computed since the stream began, in this process or in others.</summary>
    public long Sequence => Volatile.Read(ref _sequence);

    /// <summary>Advances the stream by one step.</summary>
    /// <param name="x">
    /// Input <c>[InputSize]</c>; of a model with several inputs, one after the other in the model's order.
    /// </param>
    /// <param name="y">
    /// Receives the output <c>[OutputSize]</c>, of a model with several outputs one after the other; empty if only the states matter.
    /// </param>
    /// <param name="cancellation">
    /// Takes the step back as long as no worker has begun to compute it; the stream is then as it was. Later it has no effect.
    /// </param>
    /// <returns>Ends when the output is there. It is awaited once.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    /// <exception cref="NotSupportedException">The model takes indices.</exception>
    /// <exception cref="InvalidOperationException">Another step of the stream is running.</exception>
    /// <exception cref="StreamServerBusyException">As much waits as the server's options allow. Nothing has changed.</exception>
    /// <exception cref="StreamFencedException">Another process has gone on with the stream.</exception>
    /// <exception cref="IOException">The stream rested, and the store could not be reached. Nothing has changed.</exception>
    /// <exception cref="OperationCanceledException">The step was taken back.</exception>
    /// <exception cref="ObjectDisposedException">The stream was closed, or the server or the pool disposed.</exception>
    public ValueTask StepAsync(ReadOnlyMemory<float> x, Memory<float> y, CancellationToken cancellation = default)
    {
        StepShape shape = _server.Shape;
        shape.RequireFeatures();
        Require.Shape(x.Length, shape.InputSize, "[InputSize]", nameof(x));
        Require.OptionalShape(y.Length, shape.OutputSize, "[OutputSize]", nameof(y));
        return Begin(x, default, y, 1, cancellation);
    }

    /// <summary>Advances the stream of a model that takes indices by one step.</summary>
    /// <param name="index">The index, below the model's vocabulary size.</param>
    /// <param name="y">Receives the output <c>[OutputSize]</c>; empty if only the states matter.</param>
    /// <param name="cancellation">As in <see cref="StepAsync(ReadOnlyMemory{float}, Memory{float}, CancellationToken)"/>.</param>
    /// <inheritdoc cref="StepAsync(ReadOnlyMemory{float}, Memory{float}, CancellationToken)" path="/returns"/>
    /// <exception cref="NotSupportedException">The model takes features.</exception>
    /// <inheritdoc cref="StepAsync(ReadOnlyMemory{float}, Memory{float}, CancellationToken)" path="/exception"/>
    public ValueTask StepAsync(int index, Memory<float> y, CancellationToken cancellation = default)
    {
        StepShape shape = _server.Shape;
        shape.RequireIndices();
        shape.RequireIndex(index, nameof(index));
        Require.OptionalShape(y.Length, shape.OutputSize, "[OutputSize]", nameof(y));
        return Begin(default, default, y, 1, cancellation, index);
    }

    /// <summary>
    /// Advances the stream by several steps. A worker computes some of them at a time and other streams' in between, so that a long
    /// run does not hold the others up.
    /// </summary>
    /// <param name="x">Input <c>[steps, InputSize]</c>, 1 or more steps.</param>
    /// <param name="y">
    /// Receives the output <c>[steps, OutputSize]</c>, or <c>[OutputSize]</c> of the last step from a model that outputs one step;
    /// empty if only the states matter. If the run fails, the outputs of the steps that were computed are there, and
    /// <see cref="Sequence"/> tells how many those are.
    /// </param>
    /// <param name="cancellation">Takes the run back as long as no worker has begun to compute it.</param>
    /// <inheritdoc cref="StepAsync(ReadOnlyMemory{float}, Memory{float}, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="StepAsync(ReadOnlyMemory{float}, Memory{float}, CancellationToken)" path="/exception"/>
    public ValueTask RunAsync(ReadOnlyMemory<float> x, Memory<float> y, CancellationToken cancellation = default)
    {
        StepShape shape = _server.Shape;
        shape.RequireFeatures();
        int steps = StepShape.RequireSteps(x.Length, shape.InputSize, "[steps, InputSize]", nameof(x));
        shape.RequireOutput(y.Length, steps, nameof(y));
        return Begin(x, default, y, steps, cancellation);
    }

    /// <summary>Advances the stream of a model that takes indices by several steps.</summary>
    /// <param name="indices">Indices <c>[steps]</c>, 1 or more steps.</param>
    /// <param name="y">Receives the output, as in <see cref="RunAsync(ReadOnlyMemory{float}, Memory{float}, CancellationToken)"/>.</param>
    /// <param name="cancellation">Takes the run back as long as no worker has begun to compute it.</param>
    /// <inheritdoc cref="StepAsync(ReadOnlyMemory{float}, Memory{float}, CancellationToken)" path="/returns"/>
    /// <exception cref="NotSupportedException">The model takes features.</exception>
    /// <inheritdoc cref="StepAsync(ReadOnlyMemory{float}, Memory{float}, CancellationToken)" path="/exception"/>
    public ValueTask RunAsync(ReadOnlyMemory<int> indices, Memory<float> y, CancellationToken cancellation = default)
    {
        StepShape shape = _server.Shape;
        shape.RequireIndices();
        int steps = StepShape.RequireSteps(indices.Length, 1, "[steps]", nameof(indices));
        foreach (int index in indices.Span)
        {
            shape.RequireIndex(index, nameof(indices));
        }

        shape.RequireOutput(y.Length, steps, nameof(y));
        return Begin(default, indices, y, steps, cancellation);
    }

    void IValueTaskSource.GetResult(short token)
    {
        // Before what follows the await can give the next step, and after a wrong use has been told apart.
        if (_core.GetStatus(token) != ValueTaskSourceStatus.Pending)
        {
            long state = Volatile.Read(ref _state);
            if ((state & PhaseMask) is Running or Ending)
            {
                Interlocked.CompareExchange(ref _state, (state & ~PhaseMask) | Idle, state);
            }
        }

        _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private ValueTask Begin(
        ReadOnlyMemory<float> x,
        ReadOnlyMemory<int> indices,
        Memory<float> y,
        int steps,
        CancellationToken cancellation,
        int oneIndex = 0)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        long version = Claim();
        try
        {
            RequireTakesSteps();
            _server.Admit();
        }
        catch
        {
            Release(version);
            throw;
        }

        _x = x;
        _indices = indices;
        _y = y;
        _steps = steps;
        _first = 0;
        _oneIndex = oneIndex;
        _core.Reset();
        ValueTask task = new(this, _core.Version);
        _registration = cancellation.CanBeCanceled
            ? cancellation.UnsafeRegister(static stream => ((LiveStream)stream!).Cancel(), this)
            : default;
        bool isResident = IsResident;
        Volatile.Write(ref _state, version | Waiting);
        if (isResident)
        {
            _server.Enqueue(this, version);
        }
        else
        {
            Restore(version);
        }

        // What came before the step could be taken back.
        if (cancellation.IsCancellationRequested)
        {
            Cancel(version);
        }

        return task;
    }

    // Takes the stream for a step, or for closing it.
    private long Claim()
    {
        SpinWait wait = default;
        while (true)
        {
            long state = Volatile.Read(ref _state);
            switch (state & PhaseMask)
            {
                case Idle or Done:
                    long version = (state & ~PhaseMask) + OneVersion;
                    if (Interlocked.CompareExchange(ref _state, version | Claimed, state) == state)
                    {
                        return version;
                    }

                    break;
                case Held:
                    break; // for as long as it takes to copy its state
                case Closed:
                    throw new ObjectDisposedException(nameof(LiveStream), "The stream has been closed.");
                default:
                    throw new InvalidOperationException(
                        "A step of this stream is running. Await it before the next one, or open a stream for each sequence.");
            }

            wait.SpinOnce();
        }
    }

    private void Release(long version) => Volatile.Write(ref _state, version | Idle);

    private void Cancel()
    {
        long state = Volatile.Read(ref _state);
        if ((state & PhaseMask) == Waiting)
        {
            Cancel(state & ~PhaseMask);
        }
    }

    private void Cancel(long version)
    {
        if (Interlocked.CompareExchange(ref _state, version | Ending, version | Waiting) == (version | Waiting))
        {
            End(version, Ending, new OperationCanceledException(_registration.Token));
        }
    }

    /// <summary>Takes the step for a worker. Its entry in the queue may be old: then it is nobody's.</summary>
    internal bool TryTake(long version)
    {
        long state = Volatile.Read(ref _state);
        return state == (version | Running) // the rest of a run
            || (state == (version | Waiting)
                && Interlocked.CompareExchange(ref _state, version | Running, state) == state);
    }

    /// <summary>Ends a step that a worker has taken.</summary>
    /// <param name="version">The step's version.</param>
    /// <param name="exception">Why it failed; null if it did not.</param>
    internal void End(long version, Exception? exception) => End(version, Running, exception);

    private void End(long version, long phase, Exception? exception)
    {
        // Waits for a callback that is running, so that none is left that could take back the next step. In its own callback
        // it does not wait.
        _registration.Dispose();
        _x = default;
        _indices = default;
        _y = default;
        try
        {
            if (exception is null)
            {
                _core.SetResult(true);
            }
            else
            {
                _core.SetException(exception);
            }
        }
        catch (Exception)
        {
            // The context that was to go on refuses: it has been shut down. That is not the worker's affair.
        }

        // If nobody has awaited it yet: the next step may be given all the same.
        Interlocked.CompareExchange(ref _state, version | Done, version | phase);
    }

    /// <summary>Steps that are left of the run.</summary>
    internal int StepsLeft => _steps - _first;

    /// <summary>Copies the input of the next steps.</summary>
    internal void Gather(int steps, StepShape shape, Span<float> x, Span<int> indices)
    {
        if (!shape.TakesIndices)
        {
            _x.Span.Slice(_first * shape.InputSize, steps * shape.InputSize).CopyTo(x);
        }
        else if (_indices.IsEmpty)
        {
            indices[0] = _oneIndex;
        }
        else
        {
            _indices.Span.Slice(_first, steps).CopyTo(indices);
        }
    }

    /// <summary>Takes over the output of steps that have been computed.</summary>
    internal void Scatter(int steps, StepShape shape, ReadOnlySpan<float> y)
    {
        int first = _first;
        _first += steps;
        Volatile.Write(ref _sequence, _sequence + steps);
        if (!_y.IsEmpty)
        {
            y.CopyTo(_y.Span[(shape.HasOneOutput ? 0 : first * shape.OutputSize)..]);
        }
    }
}
