namespace Recurrent.Formats.Onnx;

/// <summary>The index of the last valid step of each row.</summary>
/// <param name="lengths">The lengths of which it is one less.</param>
internal sealed class LastIndexNode(FlowNode lengths) : FlowNode($"{lengths.Name} - 1")
{
    public FlowNode Lengths => lengths;

    public override IReadOnlyList<FlowRow> Rows => [];
}
