namespace Recurrent.Formats.Onnx;

/// <summary>
/// Something that data flows out of: an input of the graph or a layer. A layer knows what it follows; a model is what is
/// found by going back from its output.
/// </summary>
internal abstract class FlowNode(string name, FlowNode? parent)
{
    public string Name => name;

    /// <summary>What this reads; null for an input of the graph.</summary>
    public FlowNode? Parent => parent;

    /// <summary>The directions whose values flow out, side by side; none where they have been mixed.</summary>
    public abstract IReadOnlyList<FlowRow> Rows { get; }

    public override string ToString() => $"'{name}'";
}
