namespace Recurrent.Layers;

/// <summary>A convolution over time with its weights.</summary>
public sealed class ConvolutionLayer : Layer
{
    private readonly ConvolutionSpecification _specification;

    /// <summary>Puts a specification and weights together.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <param name="weights">Its weights.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">
    /// The specification contradicts itself, a part of the weights does not have the shape that it asks for, or there is a
    /// history and the convolution is not causal.
    /// </exception>
    public ConvolutionLayer(ConvolutionSpecification specification, ConvolutionWeights weights)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(weights);
        specification.Validate(nameof(specification));
        Require.Shape(
            weights.Kernel.Length, specification.OutputSize, specification.RowLength,
            "[OutputSize, KernelSize * InputSize / Groups]", $"{nameof(weights)}.{nameof(weights.Kernel)}");
        Require.OptionalShape(
            weights.Bias.Length, specification.OutputSize,
            "[OutputSize]", $"{nameof(weights)}.{nameof(weights.Bias)}");
        string history = $"{nameof(weights)}.{nameof(weights.InitialHistory)}";
        if (!specification.IsCausal)
        {
            Require.Absent(weights.InitialHistory.Length, "the convolution is not causal", history);
        }

        Require.OptionalShape(
            weights.InitialHistory.Length, (int)specification.StateElements, "[Reach * InputSize]", history);
        _specification = specification;
        Weights = weights;
    }

    /// <inheritdoc/>
    public override ConvolutionSpecification Specification => _specification;

    /// <summary>The weights.</summary>
    public ConvolutionWeights Weights { get; }
}
