using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// All states of a batch, or their gradients: those of the layers, and the outputs that are repeated at missing steps.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class BatchStates<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly IReadOnlyList<DirectionState<T>[]> _layers;
    private readonly int _batch;
    // Of each output [batch, size], or empty.
    private readonly T[][] _repeated;

    /// <summary>Puts states together.</summary>
    /// <param name="layers">For each layer its directions, forward first.</param>
    /// <param name="graph">The model, which says what outputs are repeated.</param>
    /// <param name="batch">Rows.</param>
    public BatchStates(IReadOnlyList<DirectionState<T>[]> layers, LayerGraph graph, int batch)
    {
        _layers = layers;
        _batch = batch;
        _repeated = [.. graph.Outputs.Select(output => new T[graph.RepeatsOutput ? batch * output.Size : 0])];
    }

    /// <summary>The states of a layer's directions.</summary>
    public DirectionState<T>[] Of(int layer) => _layers[layer];

    /// <summary>What a row repeats of an output, <c>[size]</c>, or empty.</summary>
    public Span<T> Repeated(int output, int row)
    {
        int size = _batch == 0 ? 0 : _repeated[output].Length / _batch;
        return _repeated[output].AsSpan(row * size, size);
    }

    /// <summary>Sets everything of some rows from <c>[rowCount, StateSize]</c>, denormals removed from states.</summary>
    public void CopyFrom(ReadOnlySpan<T> values, int firstRow, int rowCount)
    {
        for (int row = firstRow; row < firstRow + rowCount; row++)
        {
            foreach ((DirectionState<T> state, StateKind kind) in Parts())
            {
                Span<T> part = state.Row(kind, row);
                RunnerFactory<T>.Default.Flush(values[..part.Length], part);
                values = values[part.Length..];
            }

            // An output is not flushed when it is put out, so neither when it is kept.
            for (int output = 0; output < _repeated.Length; output++)
            {
                Span<T> repeated = Repeated(output, row);
                values[..repeated.Length].CopyTo(repeated);
                values = values[repeated.Length..];
            }
        }
    }

    /// <summary>Copies everything of some rows to <c>[rowCount, StateSize]</c>.</summary>
    public void CopyTo(Span<T> values, int firstRow, int rowCount)
    {
        for (int row = firstRow; row < firstRow + rowCount; row++)
        {
            foreach ((DirectionState<T> state, StateKind kind) in Parts())
            {
                Span<T> part = state.Row(kind, row);
                part.CopyTo(values);
                values = values[part.Length..];
            }

            for (int output = 0; output < _repeated.Length; output++)
            {
                Repeated(output, row).CopyTo(values);
                values = values[Repeated(output, row).Length..];
            }
        }
    }

    /// <summary>Goes back to what a sequence starts from.</summary>
    public void Reset(int row)
    {
        foreach (DirectionState<T> state in _layers.SelectMany(directions => directions))
        {
            state.Reset(row);
        }

        ClearRepeated(row);
    }

    /// <summary>Sets everything of some rows to 0.</summary>
    public void Clear(Func<int, bool> isCleared)
    {
        foreach (int row in Enumerable.Range(0, _batch).Where(isCleared))
        {
            foreach ((DirectionState<T> state, StateKind kind) in Parts())
            {
                state.Row(kind, row).Clear();
            }

            ClearRepeated(row);
        }
    }

    private void ClearRepeated(int row)
    {
        for (int output = 0; output < _repeated.Length; output++)
        {
            Repeated(output, row).Clear();
        }
    }

    private IEnumerable<(DirectionState<T> State, StateKind Kind)> Parts() =>
        from directions in _layers
        from state in directions
        from kind in Enum.GetValues<StateKind>()
        select (state, kind);
}
