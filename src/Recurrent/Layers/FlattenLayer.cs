namespace Recurrent.Layers;

/// <summary>The features of all steps, one step after the other.</summary>
public sealed class FlattenLayer : Layer
{
    private readonly FlattenSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set, or there are too many features.</exception>
    public FlattenLayer(FlattenSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of a step.</param>
    /// <param name="steps">Steps of every sequence.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ArgumentException">There are too many features.</exception>
    public FlattenLayer(int size, int steps)
        : this(new FlattenSpecification { InputSize = size, Steps = steps })
    {
    }

    /// <inheritdoc/>
    public override FlattenSpecification Specification => _specification;
}
