namespace Recurrent.Layers;

/// <summary>The final hidden state of a recurrent layer.</summary>
public sealed class FinalStateLayer : Layer
{
    private readonly FinalStateSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public FinalStateLayer(FinalStateSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features that the recurrent layer puts out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public FinalStateLayer(int size)
        : this(new FinalStateSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override FinalStateSpecification Specification => _specification;
}
