namespace Recurrent.Layers;

/// <summary>Which steps of a batch of sequences count, and which of those are there.</summary>
public readonly ref struct SequenceMask
{
    /// <summary>
    /// Steps of each row, missing ones included, <c>[batch]</c>, each from 0 to the number of steps of the run; empty if
    /// all rows are full. Past its end a row's output is 0.
    /// </summary>
    public ReadOnlySpan<int> Lengths { get; init; }

    /// <summary>
    /// Which steps are there, <c>[time, batch]</c>, or <c>[batch, time]</c> in a batch-major run; false for a missing
    /// one. Only for a model with <see cref="Masking"/>; empty if only its value tells. A step is missing if this or the
    /// value says so.
    /// </summary>
    public ReadOnlySpan<bool> Present { get; init; }
}
