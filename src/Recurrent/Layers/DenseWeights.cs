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

    /// <summary><c>V</c>, <c>[OutputSize, InputSize]</c>.</summary>
    public ReadOnlyMemory<float> Kernel { get; }

    /// <summary><c>[OutputSize]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> Bias { get; }
}
