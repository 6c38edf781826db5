using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>A layer without a state.</summary>
/// <param name="name">The name of the node that it was made of.</param>
/// <param name="parent">What it reads.</param>
/// <param name="layer">The layer.</param>
/// <param name="rows">What its features are of, if they are still those of a recurrent layer.</param>
internal sealed class LayerNode(string name, FlowNode parent, Layer layer, IReadOnlyList<FlowRow> rows)
    : FlowNode(name, parent)
{
    public Layer Layer => layer;

    public override IReadOnlyList<FlowRow> Rows => rows;
}
