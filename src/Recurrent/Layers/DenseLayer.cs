namespace Recurrent.Layers;

/// <summary>A dense layer with its weights.</summary>
public sealed class DenseLayer : Layer
{
    private readonly DenseSpecification _specification;

    /// <summary>Puts a specification and weights together.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <param name="weights">Its weights.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">
    /// A size of the specification has not been set, or a part of the weights does not have the shape that it asks for.
    /// </exception>
    public DenseLayer(DenseSpecification specification, DenseWeights weights)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(weights);
        specification.Validate(nameof(specification));
        Require.Shape(
            weights.Kernel.Length, specification.OutputSize, specification.InputSize,
            "[OutputSize, InputSize]", $"{nameof(weights)}.{nameof(weights.Kernel)}");
        Require.OptionalShape(
            weights.Bias.Length, specification.OutputSize,
            "[OutputSize]", $"{nameof(weights)}.{nameof(weights.Bias)}");
        _specification = specification;
        Weights = weights;
    }

    /// <inheritdoc/>
    public override DenseSpecification Specification => _specification;

    /// <summary>The weights.</summary>
    public DenseWeights Weights { get; }
}
