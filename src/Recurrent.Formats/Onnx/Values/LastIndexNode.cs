namespace Recurrent.Formats.Onnx;

/// <summary>The index of the last valid step of each row, of the steps of a row or of those of all rows.</summary>
/// <param name="lengths">The lengths of which it is one less.</param>
/// <param name="stepFactor">What a step counts for.</param>
/// <param name="rowFactor">What a row counts for; null for an index among the steps of each row.</param>
internal sealed class LastIndexNode(FlowNode lengths, Extent stepFactor, Extent? rowFactor = null) : FlowNode($"{lengths.Name} - 1")
{
    public FlowNode Lengths => lengths;

    public Extent StepFactor => stepFactor;

    public Extent? RowFactor => rowFactor;

    /// <summary>Whether it counts the steps of one row alone.</summary>
    public bool IsOfRow => rowFactor is null && stepFactor.Known == 1;

    public override IReadOnlyList<FlowRow> Rows => [];
}
