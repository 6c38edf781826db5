namespace Recurrent.Layers;

/// <summary>The mean of all steps.</summary>
public sealed class MeanOverTimeLayer : Layer
{
    private readonly MeanOverTimeSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public MeanOverTimeLayer(MeanOverTimeSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public MeanOverTimeLayer(int size)
        : this(new MeanOverTimeSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override MeanOverTimeSpecification Specification => _specification;
}
