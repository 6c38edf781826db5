using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>One direction of a recurrent layer, whose state an input sets or an output gives.</summary>
/// <param name="Layer">Index of the layer in the model's definition.</param>
/// <param name="Direction"><see cref="Direction.Forward"/> or <see cref="Direction.Reverse"/>.</param>
public readonly record struct OnnxState(int Layer, Direction Direction);
