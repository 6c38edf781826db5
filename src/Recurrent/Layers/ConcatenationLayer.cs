namespace Recurrent.Layers;

/// <summary>Several values side by side.</summary>
public sealed class ConcatenationLayer : Layer
{
    private readonly ConcatenationSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public ConcatenationLayer(ConcatenationSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of all that it reads together.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public ConcatenationLayer(int size)
        : this(new ConcatenationSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override ConcatenationSpecification Specification => _specification;
}
