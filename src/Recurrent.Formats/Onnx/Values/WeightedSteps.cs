namespace Recurrent.Formats.Onnx;

/// <summary>The steps of a sequence, each times its weight.</summary>
/// <param name="Values">The sequence.</param>
/// <param name="Scores">The scores whose softmax over time the weights are.</param>
internal sealed record WeightedSteps(FlowValue Values, FlowValue Scores) : Pending
{
    public override string ToString() => $"{Values}, weighted by the softmax over time of {Scores}";
}
