namespace Recurrent.Layers;

/// <summary>
/// Softmax over the features of a step: <c>y[j] = exp(x[j] - max x) / sum exp(x - max x)</c>, the sum in the order of
/// the features. It has no state and no weights.
/// </summary>
public sealed record SoftmaxSpecification : LayerSpecification
{
    private protected override int OutputFeatures => InputSize;
}
