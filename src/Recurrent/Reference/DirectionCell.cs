using System.Numerics;

namespace Recurrent.Reference;

/// <summary>One direction of a recurrent layer: its cell, and the states that a sequence starts from.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="Cell">The cell.</param>
/// <param name="InitialHidden"><c>[S]</c>, flushed.</param>
/// <param name="InitialCell"><c>[H]</c>, flushed; empty if the cell has no cell state.</param>
internal sealed record DirectionCell<T>(Cell<T> Cell, T[] InitialHidden, T[] InitialCell)
    where T : IFloatingPointIeee754<T>
{
    public DirectionState<T> CreateState(int batch) => new(InitialHidden, InitialCell, batch);
}
