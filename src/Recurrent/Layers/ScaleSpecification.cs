namespace Recurrent.Layers;

/// <summary>
/// A factor and an offset for each feature: <c>y[j] = s[j] x[j] + b[j]</c> in one rounding. A normalization with fixed
/// statistics (batch normalization at inference, a scaler fitted before training) is such a layer. It has no state.
/// </summary>
public sealed record ScaleSpecification : LayerSpecification
{
    private protected override int OutputFeatures => InputSize;
}
