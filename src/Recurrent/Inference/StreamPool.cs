using System.Diagnostics.CodeAnalysis;
using Recurrent.Interop;

namespace Recurrent;

/// <summary>
/// Streams through a <see cref="RecurrentModel"/> that come and go, each with states of its own. A call advances any of them
/// together, so that weights are read once for many streams.
/// </summary>
/// <remarks>
/// <para>
/// The outputs of a stream have the same bits as those of a <see cref="Session"/> of its own, whatever other streams a call is
/// about. A stream is some states in one piece of memory: it takes as much as they do, padded to a cache line each, and 32
/// bytes at most.
/// </para>
/// <para>
/// Several threads may use a pool at the same time for different streams. A call on a stream that another call has is refused
/// with an <see cref="InvalidOperationException"/>. After an exception all streams are as they were before the call. Nothing is
/// allocated by a call once as many threads have made one of its size.
/// </para>
/// <para>
/// <see cref="Dispose"/> may be called at any time; running calls end first, and every member called afterwards throws an
/// <see cref="ObjectDisposedException"/>.
/// </para>
/// </remarks>
public sealed unsafe partial class StreamPool : IDisposable
{
    private readonly PoolHandle _handle;
    // For a call with lists of buffers; a second one at the same time makes its own.
    private NativeBuffers? _buffers;

    internal StreamPool(RecurrentModel model, ModelHandle modelHandle, int capacity)
    {
        Model = model;
        Capacity = capacity;
        _handle = PoolHandle.Create(modelHandle, capacity);
        _handle.Weigh(MemoryBytes);
    }

    /// <summary>The model, or the one that has replaced it.</summary>
    public RecurrentModel Model { get; private set; }

    /// <summary>Streams that there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Streams that are open.</summary>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public int Count => checked((int)Info().Open);

    /// <summary>Floats of state of a stream, as <see cref="Session.StateSize"/> counts them.</summary>
    public int StateSize => Model.StateSize;

    /// <summary>Bytes of native memory: the states of all streams that there is room for, and memory to compute with.</summary>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public long MemoryBytes => Info().Bytes;

    /// <summary>Opens a stream, with the states that a sequence starts from.</summary>
    /// <returns>The stream; the caller closes it.</returns>
    /// <exception cref="InvalidOperationException">As many streams are open as there is room for.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public StreamId Open() => TryOpen(out StreamId stream)
        ? stream
        : throw new InvalidOperationException($"All {Capacity} streams of the pool are open. Close one, or make a larger pool.");

    /// <summary>Opens a stream if there is room for one.</summary>
    /// <param name="stream">The stream; the default value if there is no room.</param>
    /// <returns>Whether there was room.</returns>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public bool TryOpen(out StreamId stream)
    {
        using Held pool = new(this);
        long id;
        NativeStatus status = NativeMethods.PoolOpen(pool.Native, &id);
        stream = new StreamId(id);
        if (status == NativeStatus.Unavailable)
        {
            return false;
        }

        status.ThrowIfFailed();
        return true;
    }

    /// <summary>Closes a stream; its place is free for another one.</summary>
    /// <param name="stream">An open stream.</param>
    /// <exception cref="ArgumentException">It is no open stream of this pool.</exception>
    /// <exception cref="InvalidOperationException">Another call is running on it.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public void Close(StreamId stream)
    {
        using Held pool = new(this);
        NativeMethods.PoolClose(pool.Native, stream.Value).ThrowIfFailed();
    }

    /// <summary>Takes a stream back to the states that a sequence starts from.</summary>
    /// <param name="stream">An open stream.</param>
    /// <exception cref="ArgumentException">It is no open stream of this pool.</exception>
    /// <exception cref="InvalidOperationException">Another call is running on it.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public void Reset(StreamId stream) => Reset([stream]);

    /// <summary>Takes streams back to the states that a sequence starts from.</summary>
    /// <param name="streams">Open streams, none of them twice.</param>
    /// <exception cref="ArgumentException">One is no open stream of this pool, or there twice.</exception>
    /// <exception cref="InvalidOperationException">Another call is running on one of them.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public void Reset(ReadOnlySpan<StreamId> streams)
    {
        using Held pool = new(this);
        fixed (StreamId* ids = streams)
        {
            NativeMethods.PoolReset(pool.Native, (long*)ids, streams.Length).ThrowIfFailed();
        }
    }

    /// <summary>Copies the states of streams out.</summary>
    /// <param name="streams">Open streams, none of them twice.</param>
    /// <param name="states">
    /// Receives <c>[streams, StateSize]</c>, of exactly that length, each as <c>Session.SaveState</c> has it.
    /// </param>
    /// <exception cref="ArgumentException">
    /// One is no open stream of this pool, or there twice, or a length is wrong.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another call is running on one of them.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public void SaveState(ReadOnlySpan<StreamId> streams, Span<float> states)
    {
        using Held pool = new(this);
        fixed (StreamId* ids = streams)
        fixed (float* data = states)
        {
            NativeMethods.PoolSave(pool.Native, (long*)ids, streams.Length, data, states.Length).ThrowIfFailed();
        }
    }

    /// <summary>
    /// Sets the states of streams to what <see cref="SaveState"/> of this or another pool gave, or that of a session, of the same
    /// or an equally shaped model.
    /// </summary>
    /// <param name="streams">Open streams, none of them twice.</param>
    /// <param name="states"><c>[streams, StateSize]</c>, of exactly that length.</param>
    /// <exception cref="ArgumentException">
    /// One is no open stream of this pool, or there twice, or a length is wrong.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another call is running on one of them.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public void LoadState(ReadOnlySpan<StreamId> streams, ReadOnlySpan<float> states)
    {
        using Held pool = new(this);
        fixed (StreamId* ids = streams)
        fixed (float* data = states)
        {
            NativeMethods.PoolLoad(pool.Native, (long*)ids, streams.Length, data, states.Length).ThrowIfFailed();
        }
    }

    /// <summary>
    /// Takes another model: streams stay open and keep their states, which the other weights then advance. Waits for running
    /// calls; those that come meanwhile wait for it.
    /// </summary>
    /// <param name="model">A model with the same inputs, outputs and states.</param>
    /// <exception cref="ArgumentException">The models differ in more than weights.</exception>
    /// <exception cref="ObjectDisposedException">The pool or the model has been disposed.</exception>
    public void Replace(RecurrentModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using Held pool = new(this);
        model.Replace(pool.Native).ThrowIfFailed();
        Model = model;
    }

    /// <summary>
    /// Refuses new calls, and closes all streams and frees the memory when the running calls have ended.
    /// </summary>
    public void Dispose() => _handle.Dispose();

    private NativePoolInfo Info()
    {
        using Held pool = new(this);
        NativePoolInfo info = new();
        NativeMethods.PoolGetInfo(pool.Native, &info).ThrowIfFailed();
        return info;
    }

    // Keeps the native pool for a call.
    private readonly ref struct Held
    {
        private readonly PoolHandle _handle;

        public Held(StreamPool pool)
        {
            bool isHeld = false;
            try
            {
                pool._handle.DangerousAddRef(ref isHeld);
            }
            catch (ObjectDisposedException)
            {
                ThrowDisposed(pool);
            }

            _handle = pool._handle;
            Native = _handle.DangerousGetHandle();
        }

        public nint Native { get; }

        public void Dispose() => _handle.DangerousRelease();

        [DoesNotReturn]
        private static void ThrowDisposed(StreamPool pool) => throw new ObjectDisposedException(pool.GetType().FullName);
    }
}
