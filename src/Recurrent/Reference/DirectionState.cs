using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The states of one direction of a layer, for a batch.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class DirectionState<T>
{
    private readonly T[] _initialHidden;
    private readonly T[] _initialCell;
    private readonly T[] _hidden;
    private readonly T[] _cell;

    /// <summary>States as a sequence starts from them.</summary>
    /// <param name="initialHidden"><c>[S]</c>.</param>
    /// <param name="initialCell"><c>[H]</c>, or empty if the layer has no cell state.</param>
    /// <param name="batch">Batch rows.</param>
    public DirectionState(T[] initialHidden, T[] initialCell, int batch)
    {
        _initialHidden = initialHidden;
        _initialCell = initialCell;
        _hidden = new T[batch * initialHidden.Length];
        _cell = new T[batch * initialCell.Length];
        for (int row = 0; row < batch; row++)
        {
            Reset(row);
        }
    }

    /// <summary>A state of all rows, <c>[batch, size]</c>.</summary>
    public Span<T> All(StateKind kind) => kind == StateKind.Hidden ? _hidden : _cell;

    /// <summary>A state of one row, <c>[size]</c>; empty if the layer has no such state.</summary>
    public Span<T> Row(StateKind kind, int row)
    {
        int size = Initial(kind).Length;
        return All(kind).Slice(row * size, size);
    }

    /// <summary>Goes back to what a sequence starts from.</summary>
    public void Reset(int row)
    {
        foreach (StateKind kind in Enum.GetValues<StateKind>())
        {
            Initial(kind).CopyTo(Row(kind, row));
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

    private T[] Initial(StateKind kind) => kind == StateKind.Hidden ? _initialHidden : _initialCell;
}
