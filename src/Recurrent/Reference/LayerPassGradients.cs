namespace Recurrent.Reference;

/// <summary>The gradients of what goes into a layer and comes out of it, in double whatever the number type.</summary>
internal sealed class LayerPassGradients
{
    /// <summary>Of the output, <c>[time, batch, OutputSize]</c>; 0 past a row's end.</summary>
    public required double[] Output { get; init; }

    /// <summary>Of each value that the layer read, <c>[time, batch, size]</c>, zero at entry; empty for indices.</summary>
    public required IReadOnlyList<double[]> Inputs { get; init; }

    /// <summary>Of the first one.</summary>
    public double[] Input => Inputs[0];

    /// <summary>Of the states of the layer that put the first value out; added to.</summary>
    public required DirectionState<double>[] ReadStates { get; init; }

    /// <summary>Of the final states; become those of the states that the layer started from.</summary>
    public required DirectionState<double>[] States { get; init; }
}
