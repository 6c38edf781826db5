namespace Recurrent.Layers;

/// <summary>
/// The product of two values of one kind, size and number of steps, feature by feature (Keras <c>Multiply</c>):
/// <c>y[j] = a[j] * b[j]</c>. It has no state and no weights.
/// </summary>
public sealed record ProductSpecification : LayerSpecification
{
    internal override int LeastInputs => 2;

    internal override int MostInputs => 2;

    private protected override int OutputFeatures => InputSize;
}
