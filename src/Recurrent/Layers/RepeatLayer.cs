namespace Recurrent.Layers;

/// <summary>A row, at every step of a sequence.</summary>
public sealed class RepeatLayer : Layer
{
    private readonly RepeatSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public RepeatLayer(RepeatSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of the row.</param>
    /// <param name="steps">Steps of the sequence; 0 for as many as the model's inputs have.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public RepeatLayer(int size, int steps = 0)
        : this(new RepeatSpecification { InputSize = size, Steps = steps })
    {
    }

    /// <inheritdoc/>
    public override RepeatSpecification Specification => _specification;
}
