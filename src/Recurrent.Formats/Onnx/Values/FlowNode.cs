namespace Recurrent.Formats.Onnx;

/// <summary>
/// Something that data flows out of: an input of the graph or a layer. A layer knows what it follows; a model is what is
/// found by going back from its output.
/// </summary>
internal abstract class FlowNode(string name, params IReadOnlyList<FlowRead> reads)
{
    public string Name => name;

    /// <summary>What this reads; nothing for an input of the graph.</summary>
    public IReadOnlyList<FlowRead> Reads => reads;

    /// <summary>What a layer of a chain follows; null for an input of the graph.</summary>
    public FlowNode? Parent => reads.Count > 0 ? reads[0].Node : null;

    /// <summary>What flows out where nobody takes a step or a state of it.</summary>
    public virtual FlowKind Kind => reads.Count > 0 ? reads[0].Kind : FlowKind.Sequence;

    /// <summary>The directions whose values flow out, side by side; none where they have been mixed.</summary>
    public abstract IReadOnlyList<FlowRow> Rows { get; }

    /// <summary>Whether rows may be shorter than the sequence.</summary>
    public bool HasLengths { get; protected init; } = reads.Any(read => read.Node.HasLengths);

    public override string ToString() => $"'{name}'";
}
