namespace Recurrent.Formats.Onnx;

/// <summary>Lengths of rows that the graph counts: as many as steps of an input are there.</summary>
/// <param name="input">The input.</param>
/// <param name="missing">The value of steps that do not count.</param>
internal sealed class LengthsNode(InputNode input, float missing) : FlowNode($"{input.Name}.lengths")
{
    public InputNode Input => input;

    public float Missing => missing;

    public override IReadOnlyList<FlowRow> Rows => [];
}
