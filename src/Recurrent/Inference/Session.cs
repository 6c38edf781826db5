using System.Diagnostics.CodeAnalysis;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>
/// A stream through a <see cref="RecurrentModel"/>, or a batch of streams that advance together: it carries the states on,
/// so each step or run continues where the one before has ended.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="Reset()"/> begins the next sequence. Sequences that have nothing to do with each other, such as windows to
/// forecast from, need no session: <c>RecurrentModel.Predict</c> begins anew with each call.
/// </para>
/// <para>
/// A session holds the memory and the threads to compute with: one call across the native boundary per step or run, and
/// nothing is allocated once a shape has been seen.
/// </para>
/// <para>
/// It belongs to one caller at a time: a call during another one is refused with an
/// <see cref="InvalidOperationException"/>. <see cref="Dispose"/> may be called at any time, by several threads too,
/// and waits for the running call; every member called afterwards throws an <see cref="ObjectDisposedException"/>. After
/// an exception the states are as they were before the call.
/// </para>
/// </remarks>
public sealed unsafe partial class Session : ISession<float>
{
    // The handle is kept for its finalizer and for Dispose; a call passes the raw value. That is safe because only
    // Dispose closes the handle, which it does between calls, and because Leave writes to this object after the native
    // call, which keeps it, and so the handle, reachable until then.
    private readonly SessionHandle _handle;
    private readonly nint _native;
    private readonly SequenceShape _shape;
    private readonly bool _canStep;
    private CallGuard _guard;

    internal Session(RecurrentModel model, ModelHandle modelHandle, SessionOptions options)
    {
        Model = model;
        Threads = options.Threads;
        _shape = SequenceShape.OfSession(model.Graph, options.Batch, "batch");
        _canStep = model.CanStep;
        NativeSessionDesc description = new()
        {
            Threads = options.Threads,
            Batch = options.Batch,
            EmptyRow = (int)(options.EmptyRow ?? model.EmptyRow),
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

    /// <inheritdoc/>
    public int StateSize => Model.StateSize;

    /// <summary>Threads that share the work of one call, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>Whether a call is running; tests of misuse wait for it.</summary>
    internal bool IsBusy => _guard.IsBusy;

    /// <summary>Whether the native session is freed, or about to be.</summary>
    internal bool IsClosed => _handle.IsClosed;

    /// <summary>
    /// Makes the first call as fast as later ones: computes the shape with zeros as input and puts the states back.
    /// </summary>
    /// <remarks>
    /// Afterwards scratch memory for such calls is there, its pages are touched, the session's threads have run and weights
    /// are in the caches as far as they fit. Steps of a batch of one use scratch memory of the calling thread: warm up on
    /// the thread that will step.
    /// </remarks>
    /// <param name="time">Steps of the runs to come, 1 or more; 1, the default, warms up <c>Step</c> too.</param>
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
    /// <param name="time">Steps of the run, 1 or more; 1 stands for <c>Step</c> too.</param>
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

    /// <summary>
    /// Waits for the running call, refuses new ones, ends the session's threads and frees its memory. However many
    /// threads call it, it returns to each of them only when all that is done.
    /// </summary>
    public void Dispose() => _guard.Close(_handle);

    private void ThrowIfDisposed() => _guard.ThrowIfClosed(this);

    private void Enter()
    {
        if (!_guard.TryEnter())
        {
            ThrowBusy();
        }
    }

    private void Leave(NativeStatus status)
    {
        _guard.Leave();
        status.ThrowIfFailed();
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
