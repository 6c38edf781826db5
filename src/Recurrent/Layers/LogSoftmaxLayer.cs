namespace Recurrent.Layers;

/// <summary>The logarithms of a softmax over the features of every step.</summary>
public sealed class LogSoftmaxLayer : Layer
{
    private readonly LogSoftmaxSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public LogSoftmaxLayer(LogSoftmaxSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features of a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public LogSoftmaxLayer(int size)
        : this(new LogSoftmaxSpecification { InputSize = size })
    {
    }

    /// <inheritdoc/>
    public override LogSoftmaxSpecification Specification => _specification;
}
