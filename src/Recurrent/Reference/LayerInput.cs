namespace Recurrent.Reference;

/// <summary>The values that a layer reads, in its order; most read one.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="values">
/// The values. A residual connection reads what it adds to, and then what the layer took in that it starts from.
/// </param>
internal sealed class LayerInput<T>(IReadOnlyList<LayerValue<T>> values)
{
    /// <summary>How many there are.</summary>
    public int Count => values.Count;

    /// <summary>Of the first one, <c>[time, batch, InputSize]</c>, flushed; empty for an embedding.</summary>
    public T[] Features => values[0].Features;

    /// <summary>Of an embedding, <c>[time, batch]</c>.</summary>
    public int[] Indices => values[0].Indices;

    /// <summary>One of them.</summary>
    public LayerValue<T> this[int value] => values[value];

    /// <summary>The same values, the first one with other features.</summary>
    public LayerInput<T> With(T[] features) => new([values[0].With(features), .. values.Skip(1)]);
}
