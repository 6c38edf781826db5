namespace Recurrent.Formats.Onnx;

/// <summary>How far the features of a step are from their mean, on the way from their squares to a factor.</summary>
/// <param name="Of">The data.</param>
/// <param name="Kind">How far it has been computed.</param>
/// <param name="Epsilon">What has been added to the variance.</param>
internal sealed record FeatureSpread(FlowValue Of, SpreadKind Kind, float Epsilon) : Pending
{
    /// <summary>A factor for each feature, of an inverse deviation; empty for 1.</summary>
    public float[] Factors { get; init; } = [];

    public override string ToString() => Kind switch
    {
        SpreadKind.Squares => $"squares of the distances from the mean of the features of {Of}",
        SpreadKind.Variance => $"the variance of the features of {Of}",
        SpreadKind.Deviation => $"the deviation of the features of {Of}",
        _ => $"the inverse deviation of the features of {Of}",
    };
}
