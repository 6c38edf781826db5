namespace Recurrent.Layers;

/// <summary>A layer at its place in a graph: the layer, and the numbers of the values that it reads.</summary>
/// <remarks>
/// Values are numbered: the model's inputs first, then what each layer puts out, so that of layer <c>i</c> has the number
/// <c>inputs + i</c>. A layer reads values before its own.
/// </remarks>
public sealed class LayerNode
{
    /// <summary>Puts a layer at a place.</summary>
    /// <param name="layer">The layer; it may be that of other places, too.</param>
    /// <param name="inputs">Numbers of the values that it reads, in its order; none for the value before its own.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public LayerNode(Layer layer, params IReadOnlyList<int> inputs)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(inputs);
        Layer = layer;
        Inputs = [.. inputs];
    }

    /// <summary>The layer.</summary>
    public Layer Layer { get; }

    /// <summary>
    /// Numbers of the values that it reads. Those of a definition's nodes are all there, also where none were given.
    /// </summary>
    public IReadOnlyList<int> Inputs { get; }
}
