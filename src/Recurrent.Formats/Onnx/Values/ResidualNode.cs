namespace Recurrent.Formats.Onnx;

/// <summary>The sum of two values, of which one was made of the other.</summary>
/// <param name="name">The name of the node that it was made of.</param>
/// <param name="read">What was made of <paramref name="origin"/>.</param>
/// <param name="origin">What is added to it.</param>
/// <param name="size">Features.</param>
internal sealed class ResidualNode(string name, FlowRead read, FlowNode origin, int size) : FlowNode(name, read)
{
    public FlowNode Origin => origin;

    public int Size => size;

    public override IReadOnlyList<FlowRow> Rows => [];
}
