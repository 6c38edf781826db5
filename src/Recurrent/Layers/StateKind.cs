namespace Recurrent.Layers;

/// <summary>The states of a layer's direction.</summary>
public enum StateKind
{
    /// <summary>
    /// What recurs and is put out: <c>[batch, HiddenSize]</c>, or <c>[batch, ProjectionSize]</c> with a projection.
    /// </summary>
    Hidden = 0,

    /// <summary>The cell state of an LSTM: <c>[batch, HiddenSize]</c>.</summary>
    Cell = 1,

    /// <summary>
    /// The inputs that a causal convolution still needs: <c>[batch, Reach, InputSize]</c>, the oldest step first.
    /// </summary>
    History = 2,
}
