namespace Recurrent.Reference;

/// <summary>What a layer reads, for all steps of a batch of sequences.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal readonly ref struct LayerInput<T>
{
    /// <summary><c>[time, batch, InputSize]</c>, flushed; empty for an embedding.</summary>
    public ReadOnlySpan<T> Features { get; init; }

    /// <summary>Of an embedding, <c>[time, batch]</c>.</summary>
    public ReadOnlySpan<int> Indices { get; init; }

    /// <summary>
    /// Of a residual connection: what the layer took in that it starts from, <c>[time, batch, SourceSize]</c>, flushed.
    /// </summary>
    public ReadOnlySpan<T> Source { get; init; }

    /// <summary>Features of a step of <see cref="Source"/>.</summary>
    public int SourceSize { get; init; }
}
