namespace Recurrent.Layers;

/// <summary>The weights of a convolution. They are copied and never change.</summary>
public sealed class ConvolutionWeights
{
    /// <summary>Copies the weights. Shapes are checked when a <see cref="ConvolutionLayer"/> is made.</summary>
    /// <param name="kernel">
    /// <c>V</c>, <c>[OutputSize, KernelSize, InputSize / Groups]</c>, row-major, the oldest step of a window first.
    /// </param>
    /// <param name="bias"><c>[OutputSize]</c>, or empty for none.</param>
    /// <param name="initialHistory">
    /// Of a causal convolution, the steps before the first one: <c>[Reach, InputSize]</c>, the oldest first, or empty for 0.
    /// </param>
    public ConvolutionWeights(
        ReadOnlySpan<float> kernel, ReadOnlySpan<float> bias = default, ReadOnlySpan<float> initialHistory = default)
    {
        Kernel = kernel.ToArray();
        Bias = bias.ToArray();
        InitialHistory = initialHistory.ToArray();
    }

    private ConvolutionWeights(
        ReadOnlyMemory<float> kernel, ReadOnlyMemory<float> bias, ReadOnlyMemory<float> initialHistory)
    {
        Kernel = kernel;
        Bias = bias;
        InitialHistory = initialHistory;
    }

    /// <summary><c>V</c>, <c>[OutputSize, KernelSize, InputSize / Groups]</c>.</summary>
    public ReadOnlyMemory<float> Kernel { get; }

    /// <summary><c>[OutputSize]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> Bias { get; }

    /// <summary><c>[Reach, InputSize]</c>, the oldest step first, or empty for 0.</summary>
    public ReadOnlyMemory<float> InitialHistory { get; }

    /// <summary>Weights over memory that is not copied.</summary>
    /// <param name="kernel">
    /// <c>V</c>, <c>[OutputSize, KernelSize, InputSize / Groups]</c>, row-major. It must not change from now on.
    /// </param>
    /// <param name="bias"><c>[OutputSize]</c>, or empty for none; likewise.</param>
    /// <param name="initialHistory"><c>[Reach, InputSize]</c>, or empty for 0; likewise.</param>
    /// <returns>The weights.</returns>
    public static ConvolutionWeights Wrap(
        ReadOnlyMemory<float> kernel,
        ReadOnlyMemory<float> bias = default,
        ReadOnlyMemory<float> initialHistory = default) => new(kernel, bias, initialHistory);
}
