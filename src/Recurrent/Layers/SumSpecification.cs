namespace Recurrent.Layers;

/// <summary>
/// The sum of values of one kind, size and number of steps (Keras <c>Add</c>): <c>y[j] = (a[j] + b[j]) + c[j]</c> and so
/// on, in their order. It has no state and no weights.
/// </summary>
public sealed record SumSpecification : LayerSpecification
{
    internal override int LeastInputs => 2;

    internal override int MostInputs => LayerGraph.MaxLayers;

    private protected override int OutputFeatures => InputSize;
}
