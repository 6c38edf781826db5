namespace Recurrent.Reference;

/// <summary>The gradients of what goes into a layer and comes out of it, in double whatever the number type.</summary>
internal sealed class LayerPassGradients
{
    /// <summary>Of the output, <c>[time, batch, OutputSize]</c>; 0 past a row's end.</summary>
    public required double[] Output { get; init; }

    /// <summary>Of what the layer read, <c>[time, batch, InputSize]</c>, zero at entry; empty for an embedding.</summary>
    public required double[] Input { get; init; }

    /// <summary>Of what a residual connection adds; added to. Empty for other layers.</summary>
    public required double[] Source { get; init; }

    /// <summary>Of the final states; become those of the states that the layer started from.</summary>
    public required DirectionState<double>[] States { get; init; }
}
