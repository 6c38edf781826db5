namespace Recurrent.Layers;

/// <summary>
/// The logarithm of a softmax over the features of every step: <c>y[j] = (x[j] - max x) - log(sum exp(x - max x))</c>. It has no
/// state and no weights.
/// </summary>
public sealed record LogSoftmaxSpecification : LayerSpecification
{
    private protected override int OutputFeatures => InputSize;
}
