namespace Recurrent.Layers;

/// <summary>The sum of all steps, weighted by a softmax of scores.</summary>
public sealed class SoftmaxOverTimeLayer : Layer
{
    private readonly SoftmaxOverTimeSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public SoftmaxOverTimeLayer(SoftmaxOverTimeSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public SoftmaxOverTimeLayer(int size)
        : this(new SoftmaxOverTimeSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override SoftmaxOverTimeSpecification Specification => _specification;
}
