namespace Recurrent.Layers;

/// <summary>
/// The last valid step of each row of a sequence, as a row (Keras <c>return_sequences=False</c>). In a run over a piece of a
/// sequence, the last step of the piece. It has no state and no weights.
/// </summary>
public sealed record LastStepSpecification : LayerSpecification
{
    internal override bool ComputesSteps => false;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    internal override TimeBase Gives(TimeBase read) => TimeBase.Row;

    private protected override int OutputFeatures => InputSize;
}
