namespace Recurrent.Layers;

/// <summary>
/// The largest value of each feature over the valid steps of each row of the batch, NaN if there is one, as a row; 0 of no steps. It
/// has no state and no weights, and needs whole sequences.
/// </summary>
public sealed record MaxOverTimeSpecification : LayerSpecification
{
    internal override bool ComputesSteps => false;

    private protected override int OutputFeatures => InputSize;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    internal override TimeBase Gives(TimeBase read) => TimeBase.Row;

    internal override string? WhyNotCausal(ModelValue read) => "is a maximum over time";
}
