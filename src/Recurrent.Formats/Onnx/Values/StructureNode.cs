using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>A layer without weights that joins, parts or moves values: what makes a graph of a chain.</summary>
/// <param name="name">The name of the node that it was made of.</param>
/// <param name="layer">The layer.</param>
/// <param name="kind">What flows out.</param>
/// <param name="reads">What it reads.</param>
internal sealed class StructureNode(string name, Layer layer, FlowKind kind, params IReadOnlyList<FlowRead> reads)
    : FlowNode(name, reads)
{
    public Layer Layer => layer;

    public override FlowKind Kind => kind;

    public override IReadOnlyList<FlowRow> Rows => [];
}
