using System.Diagnostics.CodeAnalysis;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>
/// The states of a batch of sequences that go through a <see cref="RecurrentModel"/>, and the memory and threads to
/// compute them. One call across the native boundary per step or run; nothing is allocated once a shape has been seen.
/// </summary>
/// <remarks>
/// It belongs to one caller at a time: a call during another one is refused with an
/// <see cref="InvalidOperationException"/>. <see cref="Dispose"/> may be called at any time, by several threads too,
/// and waits for the running call; every member called afterwards throws an <see cref="ObjectDisposedException"/>. After
/// an exception the states are as they were before the call.
/// </remarks>
public sealed unsafe class Session : IDisposable
{
    private const int DisposalBegun = 1;
    private const int DisposalDone = 2;

    // The handle is kept for its finalizer and for Dispose; a call passes the raw value. That is safe because only
    // Dispose closes the handle, which it does between calls, and because Leave writes to this object after the native
    // call, which keeps it, and so the handle, reachable until then.
    private readonly SessionHandle _handle;
    private readonly nint _native;
    private readonly SequenceShape _shape;
    private readonly bool _canStep;
    private int _busy;
    private int _disposal;

    internal Session(RecurrentModel model, ModelHandle modelHandle, SessionOptions options)
    {
        Model = model;
        Threads = options.Threads;
        _shape = new SequenceShape(model.Chain, options.Batch, "batch");
        _canStep = model.CanStep;
        NativeSessionDesc description = new()
        {
            Threads = options.Threads,
            Batch = options.Batch,
            EmptyRow = (int)options.EmptyRow,
            PinThreads = options.PinThreads ? 1 : 0,
        };
        _handle = SessionHandle.Create(modelHandle, &description);
        _native = _handle.DangerousGetHandle();
        _handle.Weigh((long)options.Batch * model.StateSize * sizeof(float));
    }

    /// <summary>The model.</summary>
    public RecurrentModel Model { get; }

    /// <summary>Batch rows.</summary>
    public int Batch => _shape.Batch;

    /// <summary>Threads that share the work of one call, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>Whether a call is running; tests of misuse wait for it.</summary>
    internal bool IsBusy => Volatile.Read(ref _busy) != 0;

    /// <summary>Whether the native session is freed, or about to be.</summary>
    internal bool IsClosed => _handle.IsClosed;

    /// <summary>Advances every row by one step.</summary>
    /// <param name="x">Input <c>[batch, InputSize]</c>, of exactly that length.</param>
    /// <param name="y">
    /// Receives the output <c>[batch, OutputSize]</c>, of exactly that length. Must not overlap <paramref name="x"/>.
    /// </param>
    /// <exception cref="ArgumentException">A length is wrong, or the output overlaps the input.</exception>
    /// <exception cref="NotSupportedException">
    /// A layer has a reverse direction, which needs the whole sequence.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Step(ReadOnlySpan<float> x, Span<float> y)
    {
        ThrowIfDisposed();
        if (!_canStep)
        {
            Model.Chain.RequireStep();
        }

        _shape.RequireStep<float>(x, y);
        Enter();
        NativeStatus status;
        fixed (float* input = x, output = y)
        {
            status = NativeMethods.SessionStep(_native, input, output);
        }

        Leave(status);
    }

    /// <summary>Advances every row by a whole sequence, or by a piece of one if every layer runs forward.</summary>
    /// <param name="x">Input <c>[time, batch, InputSize]</c>, or as the layout says; of exactly that length.</param>
    /// <param name="y">
    /// Receives the output <c>[time, batch, OutputSize]</c>, or as the layout says; of exactly that length, or empty
    /// if only the final state matters. Must not overlap <paramref name="x"/>.
    /// </param>
    /// <param name="time">Steps, 0 or more; with 0 nothing happens.</param>
    /// <param name="layout">Order of the axes.</param>
    /// <exception cref="ArgumentException">A length is wrong, or the output overlaps the input.</exception>
    /// <exception cref="NotSupportedException">
    /// A layer has a reverse direction and the states come from an earlier run: such a model takes whole sequences.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Scratch memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Run(
        ReadOnlySpan<float> x, Span<float> y, int time, SequenceLayout layout = SequenceLayout.TimeMajor)
    {
        ThrowIfDisposed();
        _shape.RequireRun<float>(x, y, time, layout);
        RunChecked(x, y, time, [], layout);
    }

    /// <summary>Advances every row by a sequence of its own length.</summary>
    /// <param name="x">Input <c>[time, batch, InputSize]</c>, or as the layout says; of exactly that length.</param>
    /// <param name="y">
    /// Receives the output <c>[time, batch, OutputSize]</c>, or as the layout says; of exactly that length, or empty
    /// if only the final state matters. Past a row's end it is 0. Must not overlap <paramref name="x"/>.
    /// </param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 nothing happens.</param>
    /// <param name="lengths">
    /// Valid steps of each row, <c>[batch]</c>, each from 0 to <paramref name="time"/>. A row's state stays that of
    /// its last valid step; a reverse direction starts there.
    /// </param>
    /// <param name="layout">Order of the axes.</param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, a row's length is out of range, or the output overlaps the input.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A layer has a reverse direction and the states come from an earlier run: such a model takes whole sequences.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Scratch memory for a larger shape could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Run(
        ReadOnlySpan<float> x,
        Span<float> y,
        int time,
        ReadOnlySpan<int> lengths,
        SequenceLayout layout = SequenceLayout.TimeMajor)
    {
        ThrowIfDisposed();
        _shape.RequireRun<float>(x, y, time, layout);
        _shape.RequireLengths(lengths, time);
        RunChecked(x, y, time, lengths, layout);
    }

    /// <summary>
    /// Makes the first call as fast as later ones: computes the shape with zeros as input and puts the states back.
    /// </summary>
    /// <remarks>
    /// Afterwards scratch memory for such calls is there, its pages are touched, the session's threads have run and weights
    /// are in the caches as far as they fit. Steps of a batch of one use scratch memory of the calling thread: warm up on
    /// the thread that will step.
    /// </remarks>
    /// <param name="time">Steps of the runs to come, 1 or more; 1, the default, warms up <see cref="Step"/> too.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is not positive.</exception>
    /// <exception cref="ArgumentException">So many steps would not fit a span.</exception>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Warmup(int time = 1)
    {
        ThrowIfDisposed();
        Require.Within(time, 1, int.MaxValue, nameof(time));
        Require.Elements(
            time, Math.Max(_shape.StepInput, _shape.StepOutput), "[time, batch * features]", nameof(time));
        Enter();
        Leave(NativeMethods.SessionWarmup(_native, time));
    }

    /// <summary>
    /// Tells how long each way to divide a run between the session's threads is predicted to take, and which one is
    /// taken.
    /// </summary>
    /// <remarks>
    /// The prediction comes from a small model of the machine. A session whose threads are kept from running by other
    /// programs computes alone for a while whatever was chosen.
    /// </remarks>
    /// <param name="time">Steps of the run, 1 or more; 1 stands for <see cref="Step"/> too.</param>
    /// <returns>The ways; the first one is <see cref="ThreadingStrategy.Alone"/>, and one is chosen.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is below 1.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public IReadOnlyList<PlanCandidate> Explain(int time)
    {
        ThrowIfDisposed();
        Require.Within(time, 1, int.MaxValue, nameof(time));
        Enter();
        long count = 0;
        NativeStatus status = NativeMethods.SessionExplain(_native, time, null, 0, &count);
        NativePlanCandidate[] ways = new NativePlanCandidate[count];
        if (status == NativeStatus.Ok)
        {
            Array.Fill(ways, new NativePlanCandidate());
            fixed (NativePlanCandidate* candidates = ways)
            {
                status = NativeMethods.SessionExplain(_native, time, candidates, count, &count);
            }
        }

        Leave(status);
        return Array.ConvertAll(ways, way => new PlanCandidate(
            (ThreadingStrategy)way.Strategy, way.Threads, way.PredictedUs, way.Chosen != 0));
    }

    /// <summary>Sets all states of all rows to zero.</summary>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Reset() => Reset(0, Batch);

    /// <summary>Sets all states of some rows to zero.</summary>
    /// <remarks>
    /// For a model with a reverse direction, only a reset of all rows begins a next sequence; after one of some rows
    /// alone, a run would still continue the others and is refused.
    /// </remarks>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not rows of the batch.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Reset(int firstRow, int rowCount)
    {
        ThrowIfDisposed();
        _shape.RequireRows(firstRow, rowCount);
        Enter();
        Leave(NativeMethods.SessionReset(_native, firstRow, rowCount));
    }

    /// <summary>Copies one state of a layer out.</summary>
    /// <param name="layer">Index of a recurrent layer.</param>
    /// <param name="direction">Forward or Reverse, one that the layer has.</param>
    /// <param name="kind">A state that the layer has.</param>
    /// <param name="state">Receives <c>[batch, size]</c>, of exactly that length; see <see cref="StateKind"/>.</param>
    /// <exception cref="ArgumentException">The layer has no such state, or the length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void GetState(int layer, Direction direction, StateKind kind, Span<float> state)
    {
        ThrowIfDisposed();
        RequireState(layer, direction, kind, state.Length);
        Enter();
        NativeStatus status;
        fixed (float* destination = state)
        {
            status = NativeMethods.SessionGetState(
                _native, layer, (int)direction, (int)kind, destination, state.Length);
        }

        Leave(status);
    }

    /// <summary>Sets one state of a layer. Denormal values become +0, as whenever a state is stored.</summary>
    /// <param name="layer">Index of a recurrent layer.</param>
    /// <param name="direction">Forward or Reverse, one that the layer has.</param>
    /// <param name="kind">A state that the layer has.</param>
    /// <param name="state"><c>[batch, size]</c>, of exactly that length; see <see cref="StateKind"/>.</param>
    /// <exception cref="ArgumentException">The layer has no such state, or the length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void SetState(int layer, Direction direction, StateKind kind, ReadOnlySpan<float> state)
    {
        ThrowIfDisposed();
        RequireState(layer, direction, kind, state.Length);
        Enter();
        NativeStatus status;
        fixed (float* source = state)
        {
            status = NativeMethods.SessionSetState(_native, layer, (int)direction, (int)kind, source, state.Length);
        }

        Leave(status);
    }

    /// <summary>Copies all states of all rows out.</summary>
    /// <param name="states">
    /// Receives <c>[batch, StateSize]</c>, of exactly that length; a row is its layers in order, in each the forward
    /// direction before the reverse one, in each hidden before cell.
    /// </param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void SaveState(Span<float> states) => SaveState(0, Batch, states);

    /// <summary>Copies all states of some rows out.</summary>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="states">Receives <c>[rowCount, StateSize]</c>, of exactly that length.</param>
    /// <exception cref="ArgumentException">The rows are not rows of the batch, or the length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void SaveState(int firstRow, int rowCount, Span<float> states)
    {
        ThrowIfDisposed();
        _shape.RequireRows(firstRow, rowCount);
        _shape.RequireStates(states.Length, rowCount, nameof(states));
        Enter();
        NativeStatus status;
        fixed (float* destination = states)
        {
            status = NativeMethods.SessionSave(_native, firstRow, rowCount, destination, states.Length);
        }

        Leave(status);
    }

    /// <summary>
    /// Sets all states of all rows from what <see cref="SaveState(Span{float})"/> gave, here or in a session of an
    /// equally shaped model.
    /// </summary>
    /// <param name="states"><c>[batch, StateSize]</c>, of exactly that length.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void LoadState(ReadOnlySpan<float> states) => LoadState(0, Batch, states);

    /// <summary>Sets all states of some rows.</summary>
    /// <remarks>
    /// For a model with a reverse direction, only states for all rows begin a next sequence; see
    /// <see cref="Reset(int, int)"/>.
    /// </remarks>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="states"><c>[rowCount, StateSize]</c>, of exactly that length.</param>
    /// <exception cref="ArgumentException">The rows are not rows of the batch, or the length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void LoadState(int firstRow, int rowCount, ReadOnlySpan<float> states)
    {
        ThrowIfDisposed();
        _shape.RequireRows(firstRow, rowCount);
        _shape.RequireStates(states.Length, rowCount, nameof(states));
        Enter();
        NativeStatus status;
        fixed (float* source = states)
        {
            status = NativeMethods.SessionLoad(_native, firstRow, rowCount, source, states.Length);
        }

        Leave(status);
    }

    /// <summary>
    /// Waits for the running call, refuses new ones, ends the session's threads and frees its memory. However many
    /// threads call it, it returns to each of them only when all that is done.
    /// </summary>
    public void Dispose()
    {
        SpinWait wait = default;
        if (Interlocked.CompareExchange(ref _disposal, DisposalBegun, 0) != 0)
        {
            while (Volatile.Read(ref _disposal) != DisposalDone)
            {
                wait.SpinOnce();
            }

            return;
        }

        // Entered for good: a call that has seen _disposal too early finds the session busy from here on.
        while (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            wait.SpinOnce();
        }

        _handle.Dispose();
        Volatile.Write(ref _disposal, DisposalDone);
    }

    private void RunChecked(
        ReadOnlySpan<float> x, Span<float> y, int time, ReadOnlySpan<int> lengths, SequenceLayout layout)
    {
        Enter();
        NativeStatus status;
        fixed (float* input = x, output = y)
        fixed (int* valid = lengths)
        {
            NativeRunArgs arguments = new()
            {
                Layout = (int)layout,
                Time = time,
                X = input,
                XCount = x.Length,
                Y = output,
                YCount = y.Length,
                Lengths = valid,
                LengthsCount = lengths.Length,
            };
            status = NativeMethods.SessionRun(_native, &arguments);
        }

        LeaveRun(status);
    }

    private void RequireState(int layer, Direction direction, StateKind kind, int length)
    {
        RecurrentSpecification specification = Model.Chain.RecurrentAt(layer, nameof(layer));
        specification.RequireDirection(direction, nameof(direction));
        int size = specification.SizeOf(kind, nameof(kind));
        Require.Shape(length, Batch, size, "[batch, size]", "state");
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposal) != 0, this);

    private void Enter()
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            ThrowBusy();
        }
    }

    private void Leave(NativeStatus status)
    {
        Volatile.Write(ref _busy, 0);
        status.ThrowIfFailed();
    }

    private void LeaveRun(NativeStatus status)
    {
        // A run that the model cannot do is a second piece; the managed side knows which layer is why.
        bool isSecondPiece = status == NativeStatus.NotSupported;
        Leave(isSecondPiece ? NativeStatus.Ok : status);
        if (isSecondPiece)
        {
            throw Model.Chain.SecondPiece();
        }
    }

    [DoesNotReturn]
    private void ThrowBusy()
    {
        ThrowIfDisposed();
        throw new InvalidOperationException(
            "Another call is running on this session, which belongs to one caller at a time. "
            + "Open a session for each thread; sessions of a model share its weights.");
    }
}
