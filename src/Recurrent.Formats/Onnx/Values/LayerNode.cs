using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>A layer without a state.</summary>
/// <param name="name">The name of the node that it was made of.</param>
/// <param name="read">What it reads.</param>
/// <param name="layer">The layer.</param>
/// <param name="rows">What its features are of, if they are still those of a recurrent layer.</param>
internal sealed class LayerNode(string name, FlowRead read, Layer layer, IReadOnlyList<FlowRow> rows)
    : FlowNode(name, read)
{
    public Layer Layer => layer;

    /// <summary>
    /// The node that this one was folded into, what it adds to that, and its own name; null if it was not folded.
    /// </summary>
    /// <remarks>Where somebody else reads the other node too, it is computed once and this one behind it.</remarks>
    public (LayerNode Node, Layer Added, string Name)? Folded { get; init; }

    /// <summary>The axis of steps that a convolution reads; null of other layers.</summary>
    public Axis? Time { get; init; }

    public override IReadOnlyList<FlowRow> Rows => rows;
}
