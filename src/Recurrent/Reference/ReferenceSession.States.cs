using Recurrent.Layers;

namespace Recurrent.Reference;

/// <content>States: reset, read, written.</content>
public sealed partial class ReferenceSession<T>
{
    /// <summary>Sets all states of all rows to those that a sequence starts from.</summary>
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
    public void Reset(int firstRow, int rowCount)
    {
        _shape.RequireRows(firstRow, rowCount);
        for (int row = firstRow; row < firstRow + rowCount; row++)
        {
            _states.Reset(row);
        }

        Unlock(rowCount);
    }

    /// <summary>Copies one state of a layer out.</summary>
    /// <param name="layer">Index of a layer with a state.</param>
    /// <param name="direction">Forward or Reverse, one that the layer has.</param>
    /// <param name="kind">A state that the layer has.</param>
    /// <param name="state">Receives <c>[batch, size]</c>, of exactly that length; see <see cref="StateKind"/>.</param>
    /// <exception cref="ArgumentException">The layer has no such state, or the length is wrong.</exception>
    public void GetState(int layer, Direction direction, StateKind kind, Span<T> state) =>
        Find(layer, direction, kind, state.Length).CopyTo(state);

    /// <summary>Sets one state of a layer.</summary>
    /// <param name="layer">Index of a layer with a state.</param>
    /// <param name="direction">Forward or Reverse, one that the layer has.</param>
    /// <param name="kind">A state that the layer has.</param>
    /// <param name="state"><c>[batch, size]</c>, of exactly that length; see <see cref="StateKind"/>.</param>
    /// <exception cref="ArgumentException">The layer has no such state, or the length is wrong.</exception>
    public void SetState(int layer, Direction direction, StateKind kind, ReadOnlySpan<T> state)
    {
        RunnerFactory<T>.Default.Flush(state, Find(layer, direction, kind, state.Length));
        _ranWholeSequence = false;
    }

    /// <summary>Copies all states of all rows out.</summary>
    /// <param name="states">
    /// Receives <c>[batch, StateSize]</c>; a row is its layers in order, in each the forward direction before the
    /// reverse one, in each hidden before cell, of a causal convolution its history; then the outputs to
    /// repeat, if the model's masking repeats.
    /// </param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public void SaveState(Span<T> states) => SaveState(0, Batch, states);

    /// <summary>Copies all states of some rows out.</summary>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="states">Receives <c>[rowCount, StateSize]</c>.</param>
    /// <exception cref="ArgumentException">The rows are not rows of the batch, or the length is wrong.</exception>
    public void SaveState(int firstRow, int rowCount, Span<T> states)
    {
        _shape.RequireRows(firstRow, rowCount);
        _shape.RequireStates(states.Length, rowCount, nameof(states));
        _states.CopyTo(states, firstRow, rowCount);
    }

    /// <summary>Sets all states of all rows from what <see cref="SaveState(Span{T})"/> gave.</summary>
    /// <param name="states"><c>[batch, StateSize]</c>.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public void LoadState(ReadOnlySpan<T> states) => LoadState(0, Batch, states);

    /// <summary>Sets all states of some rows.</summary>
    /// <remarks>
    /// For a model that cannot be stepped, only states for all rows begin a next sequence; see
    /// <see cref="Reset(int, int)"/>.
    /// </remarks>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="states"><c>[rowCount, StateSize]</c>.</param>
    /// <exception cref="ArgumentException">The rows are not rows of the batch, or the length is wrong.</exception>
    public void LoadState(int firstRow, int rowCount, ReadOnlySpan<T> states)
    {
        _shape.RequireRows(firstRow, rowCount);
        _shape.RequireStates(states.Length, rowCount, nameof(states));
        _states.CopyFrom(states, firstRow, rowCount);
        Unlock(rowCount);
    }

    /// <summary>
    /// A model with a reverse direction may run again when all rows have new states: with some of them it would
    /// continue the others.
    /// </summary>
    private void Unlock(int rowCount) => _ranWholeSequence &= rowCount != Batch;

    private Span<T> Find(int layer, Direction direction, StateKind kind, int length)
    {
        int size = Model.Graph.SizeOfState(layer, direction, kind);
        Require.Shape(length, Batch, size, "[batch, size]", "state");
        return _states.Of(layer)[direction == Direction.Forward ? 0 : ^1].All(kind);
    }
}
