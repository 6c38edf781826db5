using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>A direction of a recurrent layer: what one element of a direction axis belongs to.</summary>
internal readonly record struct FlowRow(RecurrentNode Node, Direction Direction)
{
    /// <summary>The same after two layers of opposite directions have become one.</summary>
    public FlowRow Merged => Node.MergedInto is { } merged ? new FlowRow(merged, Direction) : this;
}
