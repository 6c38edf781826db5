using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The final hidden states of a recurrent layer as a row: forward and reverse side by side.</summary>
internal static class FinalStates
{
    /// <summary>Copies them, <c>[batch, OutputSize]</c>.</summary>
    public static T[] Of<T>(DirectionState<T>[] states, int batch) =>
    [
        .. from row in Enumerable.Range(0, batch)
           from state in states
           from value in state.Row(StateKind.Hidden, row).ToArray()
           select value,
    ];

    /// <summary>Adds their gradient to that of the states.</summary>
    /// <param name="gradient">Of one row, <c>[OutputSize]</c>.</param>
    /// <param name="states">Those of the layer.</param>
    /// <param name="row">The row.</param>
    public static void Add(ReadOnlySpan<double> gradient, DirectionState<double>[] states, int row)
    {
        foreach (DirectionState<double> state in states)
        {
            Span<double> hidden = state.Row(StateKind.Hidden, row);
            Product.Gather(1, gradient[..hidden.Length], hidden);
            gradient = gradient[hidden.Length..];
        }
    }
}
