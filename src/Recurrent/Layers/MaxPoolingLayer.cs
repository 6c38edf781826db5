namespace Recurrent.Layers;

/// <summary>The largest value of each feature in windows of steps.</summary>
public sealed class MaxPoolingLayer : Layer
{
    private readonly MaxPoolingSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">The specification contradicts itself, or a size has not been set.</exception>
    public MaxPoolingLayer(MaxPoolingSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <inheritdoc/>
    public override MaxPoolingSpecification Specification => _specification;
}
