namespace Recurrent.Formats.Onnx;

/// <summary>Where each row is among rows that are sorted by their lengths, or the other way round.</summary>
/// <param name="sorted">The axis of the sorted rows.</param>
/// <param name="isInverse">Whether it is the place of each row, and not the row of each place.</param>
internal sealed class RowOrderNode(Axis sorted, bool isInverse) : FlowNode("the order of rows")
{
    public Axis Sorted => sorted;

    public bool IsInverse => isInverse;

    public override IReadOnlyList<FlowRow> Rows => [];
}
