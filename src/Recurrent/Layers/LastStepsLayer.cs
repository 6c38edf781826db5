namespace Recurrent.Layers;

/// <summary>The last steps of each row.</summary>
public sealed class LastStepsLayer : Layer
{
    private readonly LastStepsSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public LastStepsLayer(LastStepsSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of a step.</param>
    /// <param name="steps">Steps that it puts out, or fewer of a row that is shorter.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public LastStepsLayer(int size, int steps)
        : this(new LastStepsSpecification { InputSize = size, Steps = steps })
    {
    }

    /// <inheritdoc/>
    public override LastStepsSpecification Specification => _specification;
}
