namespace Recurrent.Layers;

/// <summary>
/// A residual connection: adds to every step what an earlier layer took in, <c>y[j] = x[j] + s[j]</c>. Where that had
/// more features, its first ones are added.
/// </summary>
public sealed record ResidualSpecification : LayerSpecification
{
    /// <summary>
    /// Layers that the connection goes around, 1 or more: what the first of them took in is added. As many as there are
    /// before this layer for a connection around the whole model.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public required int Span
    {
        get;
        init => field = Require.Within(value, 1, LayerGraph.MaxLayers, nameof(Span));
    }

    private protected override int OutputFeatures => InputSize;

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Within(Span, 1, LayerGraph.MaxLayers, $"{argument}.{nameof(Span)}");
    }
}
