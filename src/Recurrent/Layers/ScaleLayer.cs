namespace Recurrent.Layers;

/// <summary>A factor and an offset for each feature of every step.</summary>
public sealed class ScaleLayer : Layer
{
    private readonly ScaleSpecification _specification;

    /// <summary>Makes the layer. The weights are copied and never change.</summary>
    /// <param name="factors"><c>s</c>, <c>[InputSize]</c>.</param>
    /// <param name="offsets"><c>b</c>, <c>[InputSize]</c>, or empty for none.</param>
    /// <exception cref="ArgumentException">There is no factor, there are too many, or offsets are not as many.</exception>
    public ScaleLayer(ReadOnlySpan<float> factors, ReadOnlySpan<float> offsets = default)
    {
        _specification = new ScaleSpecification { InputSize = Require.Size(factors.Length, nameof(factors)) };
        Require.OptionalShape(offsets.Length, factors.Length, "[InputSize]", nameof(offsets));
        Factors = factors.ToArray();
        Offsets = offsets.ToArray();
    }

    /// <inheritdoc/>
    public override ScaleSpecification Specification => _specification;

    /// <summary><c>s</c>, <c>[InputSize]</c>.</summary>
    public ReadOnlyMemory<float> Factors { get; }

    /// <summary><c>b</c>, <c>[InputSize]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> Offsets { get; }
}
