using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The states of one direction of a layer, for a batch.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class DirectionState<T>(RecurrentSpecification specification, int batch)
{
    private readonly T[] _hidden = new T[batch * specification.StateSize];
    private readonly T[] _cell = specification.HasCellState ? new T[batch * specification.HiddenSize] : [];

    /// <summary>Elements of one row, both kinds.</summary>
    public int RowSize { get; } =
        specification.StateSize + (specification.HasCellState ? specification.HiddenSize : 0);

    /// <summary>A state of all rows, <c>[batch, size]</c>.</summary>
    public Span<T> All(StateKind kind) => kind == StateKind.Hidden ? _hidden : _cell;

    /// <summary>A state of one row, <c>[size]</c>; empty if the layer has no such state.</summary>
    public Span<T> Row(StateKind kind, int row)
    {
        int size = kind == StateKind.Hidden ? specification.StateSize : RowSize - specification.StateSize;
        return All(kind).Slice(row * size, size);
    }

    public void Clear(int row)
    {
        Row(StateKind.Hidden, row).Clear();
        Row(StateKind.Cell, row).Clear();
    }
}
