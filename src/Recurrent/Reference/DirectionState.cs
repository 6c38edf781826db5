using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The states of one direction of a layer, for a batch: of a causal convolution, its history.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class DirectionState<T>
{
    // By kind: as a sequence starts from them, [size], and of all rows, [batch, size].
    private readonly T[][] _initial;
    private readonly T[][] _states;

    /// <summary>States as a sequence starts from them.</summary>
    /// <param name="initialHidden"><c>[S]</c>.</param>
    /// <param name="initialCell"><c>[H]</c>, or empty if the layer has no cell state.</param>
    /// <param name="batch">Batch rows.</param>
    public DirectionState(T[] initialHidden, T[] initialCell, int batch)
        : this([initialHidden, initialCell, []], batch)
    {
    }

    private DirectionState(T[][] initial, int batch)
    {
        _initial = initial;
        _states = [.. initial.Select(state => new T[batch * state.Length])];
        for (int row = 0; row < batch; row++)
        {
            Reset(row);
        }
    }

    /// <summary>The history of a causal convolution.</summary>
    /// <param name="initial"><c>[Reach, InputSize]</c>.</param>
    /// <param name="batch">Batch rows.</param>
    public static DirectionState<T> OfHistory(T[] initial, int batch) => new([[], [], initial], batch);

    /// <summary>A state of all rows, <c>[batch, size]</c>.</summary>
    public Span<T> All(StateKind kind) => _states[(int)kind];

    /// <summary>A state of one row, <c>[size]</c>; empty if the layer has no such state.</summary>
    public Span<T> Row(StateKind kind, int row)
    {
        int size = _initial[(int)kind].Length;
        return All(kind).Slice(row * size, size);
    }

    /// <summary>Goes back to what a sequence starts from.</summary>
    public void Reset(int row)
    {
        foreach (StateKind kind in Enum.GetValues<StateKind>())
        {
            _initial[(int)kind].CopyTo(Row(kind, row));
        }
    }

    /// <summary>Goes to zero, whatever a sequence starts from.</summary>
    public void Zero(int row)
    {
        foreach (StateKind kind in Enum.GetValues<StateKind>())
        {
            Row(kind, row).Clear();
        }
    }
}
