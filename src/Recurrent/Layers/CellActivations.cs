namespace Recurrent.Layers;

/// <summary>The activations of one direction of a recurrent layer, by role.</summary>
/// <remarks>
/// <c>default(CellActivations)</c> is tanh in every role, gates included. <see cref="Default"/> is what cells have
/// where nothing else is said.
/// </remarks>
/// <param name="Gate">Of the gates: LSTM i f o, GRU r z; unused by a simple RNN.</param>
/// <param name="Candidate">Of the candidate: LSTM g, GRU n; the activation of a simple RNN.</param>
/// <param name="Output">Of an LSTM's cell state on its way out; unused by the others.</param>
public readonly record struct CellActivations(Activation Gate, Activation Candidate, Activation Output)
{
    /// <summary>Sigmoid gates, tanh elsewhere.</summary>
    public static CellActivations Default => new(Activation.Sigmoid, Activation.Tanh, Activation.Tanh);
}
