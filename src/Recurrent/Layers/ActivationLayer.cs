namespace Recurrent.Layers;

/// <summary>An elementwise function of every step, as a layer of its own.</summary>
public sealed class ActivationLayer : Layer
{
    private readonly ActivationSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">The size has not been set.</exception>
    public ActivationLayer(ActivationSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of a step, in and out.</param>
    /// <param name="activation">The function.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The size is out of range, or the function's kind is not defined or a parameter not finite.
    /// </exception>
    public ActivationLayer(int size, Activation activation)
        : this(new ActivationSpecification { InputSize = size, Activation = activation })
    {
    }

    /// <inheritdoc/>
    public override ActivationSpecification Specification => _specification;
}
