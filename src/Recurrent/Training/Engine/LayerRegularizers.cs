namespace Recurrent.Training;

/// <summary>Penalties of a layer's parameters, added to the loss (Keras <c>kernel_regularizer</c> and so on).</summary>
/// <param name="Kernel">Of the input weights; of a dense layer's matrix; of an embedding's table.</param>
/// <param name="Recurrent">Of the recurrent weights.</param>
/// <param name="Bias">Of the biases.</param>
public readonly record struct LayerRegularizers(
    Regularizer Kernel = default, Regularizer Recurrent = default, Regularizer Bias = default);
