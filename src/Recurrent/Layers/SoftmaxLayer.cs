namespace Recurrent.Layers;

/// <summary>Softmax over the features of every step.</summary>
public sealed class SoftmaxLayer : Layer
{
    private readonly SoftmaxSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">The size has not been set.</exception>
    public SoftmaxLayer(SoftmaxSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of a step, in and out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public SoftmaxLayer(int size)
        : this(new SoftmaxSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override SoftmaxSpecification Specification => _specification;
}
