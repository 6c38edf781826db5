namespace Recurrent.Layers;

/// <summary>
/// The valid steps of each row of a sequence, the last one first. It has no state and no weights.
/// </summary>
public sealed record ReverseSpecification : LayerSpecification
{
    internal override bool ComputesSteps => false;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    internal override string? WhyNotCausal(ModelValue read) => "puts out the last step first";

    private protected override int OutputFeatures => InputSize;
}
