namespace Recurrent.Training;

/// <summary>What is to be initialized.</summary>
/// <param name="Rows">Rows: outputs, Keras's fan-out; <c>G*H</c> of a recurrent layer.</param>
/// <param name="Columns">Columns: inputs, Keras's fan-in.</param>
/// <param name="Fan">
/// What PyTorch's modules scale by: the hidden size of a recurrent layer, the input size of a dense one.
/// </param>
public readonly record struct InitializerShape(int Rows, int Columns, int Fan);
