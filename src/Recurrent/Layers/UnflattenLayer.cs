namespace Recurrent.Layers;

/// <summary>A row, cut into steps.</summary>
public sealed class UnflattenLayer : Layer
{
    private readonly UnflattenSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set, or the features cannot be divided into the steps.</exception>
    public UnflattenLayer(UnflattenSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of the row, those of all steps.</param>
    /// <param name="steps">Steps of the sequence.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ArgumentException">The features cannot be divided into the steps.</exception>
    public UnflattenLayer(int size, int steps)
        : this(new UnflattenSpecification { InputSize = size, Steps = steps })
    {
    }

    /// <inheritdoc/>
    public override UnflattenSpecification Specification => _specification;
}
