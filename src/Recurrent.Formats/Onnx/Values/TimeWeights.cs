namespace Recurrent.Formats.Onnx;

/// <summary>Weights of the steps of a sequence: the softmax of scores over time.</summary>
/// <param name="Scores">The scores.</param>
internal sealed record TimeWeights(FlowValue Scores) : Pending
{
    /// <summary>The axis that counts copies of the weights, one for each feature that they are multiplied with; null for none.</summary>
    public Axis? Copies { get; init; }

    public override string ToString() => $"the softmax over time of {Scores}";
}
