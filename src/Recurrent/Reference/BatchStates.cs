using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// All states of a batch, or their gradients: those of the layers, and the outputs that are repeated at missing steps.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="layers">For each layer its directions, forward first.</param>
/// <param name="repeatedSize">Elements of a row's output that is repeated; 0 if nothing is.</param>
/// <param name="batch">Rows.</param>
internal sealed class BatchStates<T>(IReadOnlyList<DirectionState<T>[]> layers, int repeatedSize, int batch)
    where T : IFloatingPointIeee754<T>
{
    private readonly T[] _repeated = new T[batch * repeatedSize];

    /// <summary>The states of a layer's directions.</summary>
    public DirectionState<T>[] Of(int layer) => layers[layer];

    /// <summary>The output that a row repeats, <c>[OutputSize]</c>, or empty.</summary>
    public Span<T> Repeated(int row) => _repeated.AsSpan(row * repeatedSize, repeatedSize);

    /// <summary>Sets everything from <c>[batch, StateSize]</c>.</summary>
    public void CopyFrom(ReadOnlySpan<T> values)
    {
        for (int row = 0; row < batch; row++)
        {
            foreach ((DirectionState<T> state, StateKind kind) in Parts())
            {
                Span<T> part = state.Row(kind, row);
                values[..part.Length].CopyTo(part);
                values = values[part.Length..];
            }

            values[..repeatedSize].CopyTo(Repeated(row));
            values = values[repeatedSize..];
        }
    }

    /// <summary>Copies everything to <c>[batch, StateSize]</c>.</summary>
    public void CopyTo(Span<T> values)
    {
        for (int row = 0; row < batch; row++)
        {
            foreach ((DirectionState<T> state, StateKind kind) in Parts())
            {
                Span<T> part = state.Row(kind, row);
                part.CopyTo(values);
                values = values[part.Length..];
            }

            Repeated(row).CopyTo(values);
            values = values[repeatedSize..];
        }
    }

    /// <summary>Sets everything of some rows to 0.</summary>
    public void Clear(Func<int, bool> isCleared)
    {
        foreach (int row in Enumerable.Range(0, batch).Where(isCleared))
        {
            foreach ((DirectionState<T> state, StateKind kind) in Parts())
            {
                state.Row(kind, row).Clear();
            }

            Repeated(row).Clear();
        }
    }

    /// <summary>Removes denormals as when a state is stored; an output is kept as it was put out.</summary>
    public void Flush()
    {
        foreach ((DirectionState<T> state, StateKind kind) in Parts())
        {
            RunnerFactory<T>.Default.Flush(state.All(kind), state.All(kind));
        }
    }

    private IEnumerable<(DirectionState<T> State, StateKind Kind)> Parts() =>
        from directions in layers
        from state in directions
        from kind in Enum.GetValues<StateKind>()
        select (state, kind);
}
