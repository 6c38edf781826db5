using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The states of a batch of sequences that go through a <see cref="ReferenceModel{T}"/>.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <remarks>It belongs to one caller at a time; unlike the native session it does not check that.</remarks>
public sealed class ReferenceSession<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly SequenceShape _shape;
    private readonly EmptyRow _emptyRow;
    private readonly DirectionState<T>[][] _states;
    private bool _ranWholeSequence;

    internal ReferenceSession(ReferenceModel<T> model, int batch, EmptyRow emptyRow)
    {
        Model = model;
        _shape = new SequenceShape(model.Chain, batch, nameof(batch));
        _emptyRow = emptyRow;
        _states = [.. model.Layers.Select(layer => CreateStates(layer, batch))];
    }

    /// <summary>The model.</summary>
    public ReferenceModel<T> Model { get; }

    /// <summary>Batch rows.</summary>
    public int Batch => _shape.Batch;

    private IEnumerable<DirectionState<T>> AllStates => _states.SelectMany(states => states);

    /// <summary>Advances every row by one step.</summary>
    /// <param name="x">Input <c>[batch, InputSize]</c>, of exactly that length.</param>
    /// <param name="y">Receives the output <c>[batch, OutputSize]</c>, of exactly that length; must not overlap
    /// <paramref name="x"/>.</param>
    /// <exception cref="NotSupportedException">
    /// A layer has a reverse direction, which needs the whole sequence.
    /// </exception>
    /// <exception cref="ArgumentException">A length is wrong, or the output overlaps the input.</exception>
    public void Step(ReadOnlySpan<T> x, Span<T> y)
    {
        Model.Chain.RequireStep();
        _shape.RequireStep<T>(x, y);
        Advance(x, y, new SequenceExtent(1, Batch, []), SequenceLayout.TimeMajor);
    }

    /// <summary>Advances every row by a whole sequence, or by a piece of one if every layer runs forward.</summary>
    /// <param name="x">Input <c>[time, batch, InputSize]</c>, or as the layout says; of exactly that length.</param>
    /// <param name="y">
    /// Receives the output <c>[time, batch, OutputSize]</c>, or as the layout says; of exactly that length, or empty
    /// if only the final state matters. Must not overlap <paramref name="x"/>.
    /// </param>
    /// <param name="time">Steps, 0 or more; with 0 nothing happens.</param>
    /// <param name="layout">Order of the axes.</param>
    /// <exception cref="NotSupportedException">
    /// A layer has a reverse direction and the states come from an earlier run.
    /// </exception>
    /// <exception cref="ArgumentException">A length is wrong, or the output overlaps the input.</exception>
    public void Run(
        ReadOnlySpan<T> x, Span<T> y, int time, SequenceLayout layout = SequenceLayout.TimeMajor)
    {
        _shape.RequireRun<T>(x, y, time, layout);
        RunChecked(x, y, new SequenceExtent(time, Batch, []), layout);
    }

    /// <summary>Advances every row by a sequence of its own length.</summary>
    /// <param name="x">Input <c>[time, batch, InputSize]</c>, or as the layout says; of exactly that length.</param>
    /// <param name="y">
    /// Receives the output <c>[time, batch, OutputSize]</c>, or as the layout says; of exactly that length, or empty
    /// if only the final state matters. Past a row's end it is 0. Must not overlap <paramref name="x"/>.
    /// </param>
    /// <param name="time">Steps of the longest row, 0 or more; with 0 nothing happens.</param>
    /// <param name="lengths">Valid steps of each row, <c>[batch]</c>, each from 0 to <paramref name="time"/>.</param>
    /// <param name="layout">Order of the axes.</param>
    /// <exception cref="NotSupportedException">
    /// A layer has a reverse direction and the states come from an earlier run.
    /// </exception>
    /// <exception cref="ArgumentException">A length is wrong, or the output overlaps the input.</exception>
    public void Run(
        ReadOnlySpan<T> x,
        Span<T> y,
        int time,
        ReadOnlySpan<int> lengths,
        SequenceLayout layout = SequenceLayout.TimeMajor)
    {
        _shape.RequireRun<T>(x, y, time, layout);
        _shape.RequireLengths(lengths, time);
        RunChecked(x, y, new SequenceExtent(time, Batch, lengths), layout);
    }

    /// <summary>Sets all states of all rows to zero.</summary>
    public void Reset() => Reset(0, Batch);

    /// <summary>Sets all states of some rows to zero.</summary>
    /// <remarks>
    /// For a model with a reverse direction, only a reset of all rows begins a next sequence; after one of some rows
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
            Clear(row);
        }

        Unlock(rowCount);
    }

    /// <summary>Copies one state of a layer out.</summary>
    /// <param name="layer">Index of a recurrent layer.</param>
    /// <param name="direction">Forward or Reverse, one that the layer has.</param>
    /// <param name="kind">A state that the layer has.</param>
    /// <param name="state">Receives <c>[batch, size]</c>, of exactly that length; see <see cref="StateKind"/>.</param>
    /// <exception cref="ArgumentException">The layer has no such state, or the length is wrong.</exception>
    public void GetState(int layer, Direction direction, StateKind kind, Span<T> state) =>
        Find(layer, direction, kind, state.Length).CopyTo(state);

    /// <summary>Sets one state of a layer.</summary>
    /// <param name="layer">Index of a recurrent layer.</param>
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
    /// reverse one, in each hidden before cell.
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
        for (int row = firstRow; row < firstRow + rowCount; row++)
        {
            foreach (DirectionState<T> state in AllStates)
            {
                foreach (StateKind kind in Enum.GetValues<StateKind>())
                {
                    Span<T> source = state.Row(kind, row);
                    source.CopyTo(states);
                    states = states[source.Length..];
                }
            }
        }
    }

    /// <summary>Sets all states of all rows from what <see cref="SaveState(Span{T})"/> gave.</summary>
    /// <param name="states"><c>[batch, StateSize]</c>.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public void LoadState(ReadOnlySpan<T> states) => LoadState(0, Batch, states);

    /// <summary>Sets all states of some rows.</summary>
    /// <remarks>
    /// For a model with a reverse direction, only states for all rows begin a next sequence; see
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
        for (int row = firstRow; row < firstRow + rowCount; row++)
        {
            foreach (DirectionState<T> state in AllStates)
            {
                foreach (StateKind kind in Enum.GetValues<StateKind>())
                {
                    Span<T> destination = state.Row(kind, row);
                    RunnerFactory<T>.Default.Flush(states[..destination.Length], destination);
                    states = states[destination.Length..];
                }
            }
        }

        Unlock(rowCount);
    }

    private static DirectionState<T>[] CreateStates(LayerSpecification layer, int batch) =>
        layer is not RecurrentSpecification recurrent
            ? []
            : [.. Enumerable.Range(0, recurrent.DirectionCount).Select(_ => new DirectionState<T>(recurrent, batch))];

    /// <summary>Copies <c>[outer, inner, features]</c> to <c>[inner, outer, features]</c>.</summary>
    private static void SwapAxes(ReadOnlySpan<T> source, Span<T> destination, int outer, int inner, int features)
    {
        for (int i = 0; i < outer; i++)
        {
            for (int j = 0; j < inner; j++)
            {
                source.Slice(((i * inner) + j) * features, features)
                    .CopyTo(destination[(((j * outer) + i) * features)..]);
            }
        }
    }

    private void RunChecked(ReadOnlySpan<T> x, Span<T> y, SequenceExtent extent, SequenceLayout layout)
    {
        if (extent.Time == 0 || extent.Batch == 0)
        {
            return;
        }

        if (_ranWholeSequence)
        {
            throw Model.Chain.SecondPiece();
        }

        Advance(x, y, extent, layout);
        ZeroEmptyRows(extent);
        _ranWholeSequence = !Model.CanStep;
    }

    private void Advance(ReadOnlySpan<T> x, Span<T> y, SequenceExtent extent, SequenceLayout layout)
    {
        T[] current = new T[x.Length];
        if (layout == SequenceLayout.TimeMajor)
        {
            x.CopyTo(current);
        }
        else
        {
            SwapAxes(x, current, extent.Batch, extent.Time, Model.InputSize);
        }

        for (int layer = 0; layer < Model.Runners.Count; layer++)
        {
            // What a layer reads is flushed; what the last one puts out is not.
            RunnerFactory<T>.Default.Flush(current, current);
            T[] output = new T[(long)extent.Time * extent.Batch * Model.Layers[layer].OutputSize];
            Model.Runners[layer].Run(current, output, extent, _states[layer]);
            current = output;
        }

        if (layout == SequenceLayout.TimeMajor || y.IsEmpty)
        {
            current.AsSpan(0, y.Length).CopyTo(y);
        }
        else
        {
            SwapAxes(current, y, extent.Time, extent.Batch, Model.OutputSize);
        }
    }

    private void ZeroEmptyRows(SequenceExtent extent)
    {
        for (int row = 0; row < Batch && _emptyRow == EmptyRow.ZeroesState; row++)
        {
            if (extent.Length(row) == 0)
            {
                Clear(row);
            }
        }
    }

    /// <summary>
    /// A model with a reverse direction may run again when all rows have new states: with some of them it would
    /// continue the others.
    /// </summary>
    private void Unlock(int rowCount) => _ranWholeSequence &= rowCount != Batch;

    private void Clear(int row)
    {
        foreach (DirectionState<T> state in AllStates)
        {
            state.Clear(row);
        }
    }

    private Span<T> Find(int layer, Direction direction, StateKind kind, int length)
    {
        RecurrentSpecification specification = Model.Chain.RecurrentAt(layer, nameof(layer));
        specification.RequireDirection(direction, nameof(direction));
        int size = specification.SizeOf(kind, nameof(kind));
        Require.Shape(length, Batch, size, "[batch, size]", "state");
        return _states[layer][direction == Direction.Forward ? 0 : ^1].All(kind);
    }
}
