namespace Recurrent.Layers;

/// <summary>Some features of a value.</summary>
public sealed class SliceLayer : Layer
{
    private readonly SliceSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public SliceLayer(SliceSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of what it reads.</param>
    /// <param name="first">The first feature that it puts out.</param>
    /// <param name="count">Features that it puts out.</param>
    /// <exception cref="ArgumentException">The features are not among those that it reads.</exception>
    public SliceLayer(int size, int first, int count)
        : this(new SliceSpecification { InputSize = size, First = first, OutputSize = count })
    {
    }

    /// <inheritdoc/>
    public override SliceSpecification Specification => _specification;
}
