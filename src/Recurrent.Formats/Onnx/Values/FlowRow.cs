using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>A direction of a recurrent layer: what one element of a direction axis belongs to.</summary>
internal readonly record struct FlowRow(RecurrentNode Node, Direction Direction)
{
    /// <summary>The same after two layers of opposite directions have become one.</summary>
    public FlowRow Merged => Node.MergedInto is { } merged ? new FlowRow(merged, Direction) : this;
}

/// <summary>The state that a direction has.</summary>
/// <param name="Row">The direction.</param>
/// <param name="Kind">Its hidden or its cell state.</param>
internal readonly record struct FlowState(FlowRow Row, StateKind Kind);
