namespace Recurrent.Layers;

/// <summary>The sum of several values.</summary>
public sealed class SumLayer : Layer
{
    private readonly SumSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public SumLayer(SumSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of each.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public SumLayer(int size)
        : this(new SumSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override SumSpecification Specification => _specification;
}
