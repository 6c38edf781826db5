using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The final states of a recurrent layer as a row: forward and reverse side by side.</summary>
internal static class FinalStates
{
    /// <summary>Which states a layer takes.</summary>
    public static StateKind KindOf(LayerSpecification specification) =>
        specification is FinalCellStateSpecification ? StateKind.Cell : StateKind.Hidden;

    /// <summary>Copies them, <c>[batch, size]</c>.</summary>
    public static T[] Of<T>(DirectionState<T>[] states, int batch, StateKind kind = StateKind.Hidden) =>
    [
        .. from row in Enumerable.Range(0, batch)
           from state in states
           from value in state.Row(kind, row).ToArray()
           select value,
    ];

    /// <summary>Adds their gradient to that of the states.</summary>
    /// <param name="gradient">Of one row, <c>[size]</c>.</param>
    /// <param name="states">Those of the layer.</param>
    /// <param name="row">The row.</param>
    /// <param name="kind">Which of them.</param>
    public static void Add(
        ReadOnlySpan<double> gradient, DirectionState<double>[] states, int row, StateKind kind = StateKind.Hidden)
    {
        foreach (DirectionState<double> state in states)
        {
            Span<double> part = state.Row(kind, row);
            Product.Gather(1, gradient[..part.Length], part);
            gradient = gradient[part.Length..];
        }
    }

    /// <summary>
    /// Puts rows in the place of the states that a layer starts from, of rows that have a step.
    /// </summary>
    /// <param name="read">What the layer reads: its sequence, hidden states, cell states.</param>
    /// <param name="states">Those of the layer.</param>
    public static void Start<T>(LayerInput<T> read, DirectionState<T>[] states)
    {
        for (int place = 1; place < read.Count; place++)
        {
            LayerValue<T> value = read[place];
            for (int row = 0; row < value.Extent.Batch; row++)
            {
                ReadOnlySpan<T> from = value.Features.AsSpan(row * value.Size, value.Size);
                foreach (DirectionState<T> state in states)
                {
                    Span<T> part = state.Row(KindAt(place), row);
                    if (value.Extent.Length(row) > 0)
                    {
                        from[..part.Length].CopyTo(part);
                    }

                    from = from[part.Length..];
                }
            }
        }
    }

    /// <summary>Moves the gradients of the states that a layer started from to those of the rows that it read.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="read">What the layer has read.</param>
    /// <param name="inputs">The gradients of these values.</param>
    /// <param name="states">The gradients of the states; 0 afterwards, where they are rows.</param>
    public static void Give<T>(LayerInput<T> read, IReadOnlyList<double[]> inputs, DirectionState<double>[] states)
    {
        for (int place = 1; place < read.Count; place++)
        {
            LayerValue<T> value = read[place];
            for (int row = 0; row < value.Extent.Batch; row++)
            {
                Span<double> to = inputs[place].AsSpan(row * value.Size, value.Size);
                foreach (DirectionState<double> state in states)
                {
                    Span<double> part = state.Row(KindAt(place), row);
                    if (value.Extent.Length(row) > 0)
                    {
                        Product.Gather<double>(1, part, to[..part.Length]);
                        part.Clear();
                    }

                    to = to[part.Length..];
                }
            }
        }
    }

    private static StateKind KindAt(int place) => place == 1 ? StateKind.Hidden : StateKind.Cell;
}
