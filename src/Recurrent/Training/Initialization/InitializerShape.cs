namespace Recurrent.Training;

/// <summary>What is to be initialized.</summary>
/// <param name="Rows">Rows: outputs; <c>G*H</c> of a recurrent layer.</param>
/// <param name="Columns">Columns: inputs, Keras's fan-in; <c>KernelSize * InputSize / Groups</c> of a convolution.</param>
/// <param name="Fan">
/// What PyTorch's modules scale by: the hidden size of a recurrent layer, the columns of a dense layer or a convolution.
/// </param>
public readonly record struct InitializerShape(int Rows, int Columns, int Fan)
{
    /// <summary>Keras's fan-out: the rows, unless it has been set; <c>KernelSize * OutputSize</c> of a convolution.</summary>
    public long FanOut { get => field == 0 ? Rows : field; init; }
}
