namespace Recurrent.Layers;

/// <summary>A normalization of the features of every step, with a factor and an offset for each of them.</summary>
public sealed class LayerNormalizationLayer : Layer
{
    private readonly LayerNormalizationSpecification _specification;

    /// <summary>Makes the layer. The weights are copied and never change.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <param name="factors"><c>s</c>, <c>[InputSize]</c>, or empty for 1.</param>
    /// <param name="offsets"><c>b</c>, <c>[InputSize]</c>, or empty for none.</param>
    /// <exception cref="ArgumentNullException">The specification is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set, or factors or offsets are not as many.</exception>
    public LayerNormalizationLayer(
        LayerNormalizationSpecification specification,
        ReadOnlySpan<float> factors = default,
        ReadOnlySpan<float> offsets = default)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        Require.OptionalShape(factors.Length, specification.InputSize, "[InputSize]", nameof(factors));
        Require.OptionalShape(offsets.Length, specification.InputSize, "[InputSize]", nameof(offsets));
        _specification = specification;
        Factors = factors.ToArray();
        Offsets = offsets.ToArray();
    }

    /// <inheritdoc/>
    public override LayerNormalizationSpecification Specification => _specification;

    /// <summary><c>s</c>, <c>[InputSize]</c>, or empty for 1.</summary>
    public ReadOnlyMemory<float> Factors { get; }

    /// <summary><c>b</c>, <c>[InputSize]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> Offsets { get; }
}
