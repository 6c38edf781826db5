namespace Recurrent.Reference;

/// <summary>A value that a layer reads, for all steps of a batch of sequences; a row is a sequence of one step.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class LayerValue<T>
{
    /// <summary><c>[time, batch, Size]</c>, flushed; empty for indices.</summary>
    public required T[] Features { get; init; }

    /// <summary>Of indices, <c>[time, batch]</c>.</summary>
    public required int[] Indices { get; init; }

    /// <summary>Features of a step.</summary>
    public required int Size { get; init; }

    /// <summary>How many steps each row has.</summary>
    public required SequenceExtent Extent { get; init; }

    /// <summary>The final states of the layer that has put it out, forward first; none if that has none.</summary>
    public required DirectionState<T>[] States { get; init; }

    /// <summary>The features of one step of one row.</summary>
    /// <param name="step">Index of the step in <c>[time, batch]</c>.</param>
    public ReadOnlySpan<T> Step(int step) => Features.AsSpan(step * Size, Size);

    /// <summary>The same value with other features.</summary>
    public LayerValue<T> With(T[] features) => new()
    {
        Features = features,
        Indices = Indices,
        Size = Size,
        Extent = Extent,
        States = States,
    };
}
