namespace Recurrent.Layers;

/// <summary>The product of two values.</summary>
public sealed class ProductLayer : Layer
{
    private readonly ProductSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public ProductLayer(ProductSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of each.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public ProductLayer(int size)
        : this(new ProductSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override ProductSpecification Specification => _specification;
}
