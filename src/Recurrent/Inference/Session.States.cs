using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>States: reset, read, written.</content>
public sealed unsafe partial class Session
{
    /// <summary>Sets all states of all rows to those that a sequence starts from.</summary>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Reset() => Reset(0, Batch);

    /// <summary>
    /// Sets all states of some rows to those that a sequence starts from: the layers' initial states, zero where there
    /// are none, and nothing to repeat.
    /// </summary>
    /// <remarks>
    /// For a model that cannot be stepped, only a reset of all rows begins a next sequence; after one of some rows
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
    /// <param name="layer">Index of a layer with a state.</param>
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
    /// <param name="layer">Index of a layer with a state.</param>
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
    /// direction before the reverse one, in each hidden before cell, of a causal convolution its history; then the outputs
    /// to repeat, if the model's masking repeats.
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
    /// For a model that cannot be stepped, only states for all rows begin a next sequence; see
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

    private void RequireState(int layer, Direction direction, StateKind kind, int length)
    {
        int size = Model.Graph.SizeOfState(layer, direction, kind);
        Require.Shape(length, Batch, size, "[batch, size]", "state");
    }
}
