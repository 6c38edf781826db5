namespace Recurrent.Layers;

/// <summary>The last step of each row.</summary>
public sealed class LastStepLayer : Layer
{
    private readonly LastStepSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public LastStepLayer(LastStepSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public LastStepLayer(int size)
        : this(new LastStepSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override LastStepSpecification Specification => _specification;
}
