using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>A state of one direction of a recurrent layer, which an input sets or an output gives.</summary>
/// <param name="Layer">Index of the layer in the model's definition.</param>
/// <param name="Direction"><see cref="Direction.Forward"/> or <see cref="Direction.Reverse"/>.</param>
/// <param name="Kind">Whether it is the hidden state or the cell state.</param>
public readonly record struct OnnxState(int Layer, Direction Direction, StateKind Kind);
