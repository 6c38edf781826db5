namespace Recurrent.Layers;

/// <summary>
/// The mean of the valid steps of each row of the batch, feature by feature, as a row; 0 of no steps. It has no state and no weights,
/// and needs whole sequences.
/// </summary>
public sealed record MeanOverTimeSpecification : LayerSpecification
{
    internal override bool ComputesSteps => false;

    private protected override int OutputFeatures => InputSize;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    internal override TimeBase Gives(TimeBase read) => TimeBase.Row;

    internal override string? WhyNotCausal(ModelValue read) => "is a mean over time";
}
