namespace Recurrent.Formats.Onnx;

/// <summary>What a node reads: all steps of another one, or its last step or final state.</summary>
/// <param name="Node">The other node.</param>
/// <param name="Kind">Which of its values.</param>
internal readonly record struct FlowRead(FlowNode Node, FlowKind Kind);
