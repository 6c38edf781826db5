namespace Recurrent.Layers;

/// <summary>A sequence from its last step to its first.</summary>
public sealed class ReverseLayer : Layer
{
    private readonly ReverseSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public ReverseLayer(ReverseSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public ReverseLayer(int size)
        : this(new ReverseSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override ReverseSpecification Specification => _specification;
}
