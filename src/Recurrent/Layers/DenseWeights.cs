namespace Recurrent.Layers;

/// <summary>The weights of a dense layer. They are copied and never change.</summary>
public sealed class DenseWeights
{
    /// <summary>Copies the weights. Shapes are checked when a <see cref="DenseLayer"/> is made.</summary>
    /// <param name="kernel"><c>V</c>, <c>[OutputSize, InputSize]</c>, row-major.</param>
    /// <param name="bias"><c>[OutputSize]</c>, or empty for none.</param>
    public DenseWeights(ReadOnlySpan<float> kernel, ReadOnlySpan<float> bias = default)
    {
        Kernel = kernel.ToArray();
        Bias = bias.ToArray();
    }

    private DenseWeights(ReadOnlyMemory<float> kernel, ReadOnlyMemory<float> bias)
    {
        Kernel = kernel;
        Bias = bias;
    }

    /// <summary><c>V</c>, <c>[OutputSize, InputSize]</c>.</summary>
    public ReadOnlyMemory<float> Kernel { get; }

    /// <summary><c>[OutputSize]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> Bias { get; }

    /// <summary>Weights over memory that is not copied.</summary>
    /// <param name="kernel"><c>V</c>, <c>[OutputSize, InputSize]</c>, row-major. It must not change from now on.</param>
    /// <param name="bias"><c>[OutputSize]</c>, or empty for none; likewise.</param>
    /// <returns>The weights.</returns>
    public static DenseWeights Wrap(ReadOnlyMemory<float> kernel, ReadOnlyMemory<float> bias = default) =>
        new(kernel, bias);
}
