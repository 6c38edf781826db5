namespace Recurrent.Formats.Keras;

/// <summary>A tensor of a Keras model, and what it is.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="IsBackward">Whether it is that of the backward layer inside <c>Bidirectional</c>.</param>
/// <param name="Role">What Keras calls it: <c>kernel</c>.</param>
/// <param name="Tensor">The tensor.</param>
internal sealed record KerasVariable(string Layer, bool IsBackward, string Role, Tensor Tensor);
