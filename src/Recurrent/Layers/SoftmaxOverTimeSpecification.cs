namespace Recurrent.Layers;

/// <summary>
/// The sum of the valid steps of each row of the batch, weighted by the softmax of scores over these steps, as a row (attention
/// pooling); 0 of no steps. It reads two sequences: the values, then their scores, which have one feature, or one for each feature
/// of the values. It has no state and no weights, and needs whole sequences.
/// </summary>
public sealed record SoftmaxOverTimeSpecification : LayerSpecification
{
    internal override bool ComputesSteps => false;

    internal override int LeastInputs => 2;

    internal override int MostInputs => 2;

    private protected override int OutputFeatures => InputSize;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    internal override TimeBase Gives(TimeBase read) => TimeBase.Row;

    internal override string? WhyNotCausal(ModelValue read) => "weighs all steps";

    internal override bool TakesSize(int place, int size) => (place == 1 && size == 1) || base.TakesSize(place, size);
}
