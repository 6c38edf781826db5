namespace Recurrent.Layers;

/// <summary>
/// The final hidden state of the recurrent layer whose value it reads, as a row: forward and reverse side by side (Keras
/// <c>Bidirectional(return_sequences=False)</c>, ONNX <c>Y_h</c>). It has no weights and no state of its own.
/// </summary>
/// <remarks>
/// It differs from <see cref="LastStepSpecification"/> only where the layer has a reverse direction, whose final state belongs
/// to the first step.
/// </remarks>
public sealed record FinalStateSpecification : LayerSpecification
{
    internal override bool ComputesSteps => false;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    internal override TimeBase Gives(TimeBase read) => TimeBase.Row;

    private protected override int OutputFeatures => InputSize;
}
