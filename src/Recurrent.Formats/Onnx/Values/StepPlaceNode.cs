namespace Recurrent.Formats.Onnx;

/// <summary>The number of each row and the index of its last valid step.</summary>
/// <param name="lengths">The lengths of which it is one less.</param>
/// <param name="dimension">Which of the two numbers is that of the step.</param>
internal sealed class StepPlaceNode(FlowNode lengths, int dimension) : FlowNode($"{lengths.Name} - 1 of each row")
{
    public FlowNode Lengths => lengths;

    public int Dimension => dimension;

    public override IReadOnlyList<FlowRow> Rows => [];
}
