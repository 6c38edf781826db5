namespace Recurrent.Layers;

/// <summary>Adds to every step what an earlier layer took in.</summary>
public sealed class ResidualLayer : Layer
{
    private readonly ResidualSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public ResidualLayer(ResidualSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <inheritdoc/>
    public override ResidualSpecification Specification => _specification;

    /// <summary>Layers with a residual connection around them.</summary>
    /// <param name="layers">One or more layers that follow each other.</param>
    /// <returns>The layers, and the one that adds what the first of them took in.</returns>
    /// <exception cref="ArgumentException">There is no layer.</exception>
    /// <exception cref="ArgumentNullException">The last layer is null.</exception>
    public static IReadOnlyList<Layer> Around(params ReadOnlySpan<Layer> layers)
    {
        if (layers.IsEmpty)
        {
            throw new ArgumentException($"{nameof(layers)}: expected at least one layer, found none.", nameof(layers));
        }

        ArgumentNullException.ThrowIfNull(layers[^1], $"{nameof(layers)}[{layers.Length - 1}]");
        int size = layers[^1].Specification.OutputSize;
        return [.. layers, new ResidualLayer(new ResidualSpecification { InputSize = size, Span = layers.Length })];
    }
}
