namespace Recurrent.Layers;

/// <summary>The largest value of each feature over all steps.</summary>
public sealed class MaxOverTimeLayer : Layer
{
    private readonly MaxOverTimeSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public MaxOverTimeLayer(MaxOverTimeSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public MaxOverTimeLayer(int size)
        : this(new MaxOverTimeSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override MaxOverTimeSpecification Specification => _specification;
}
