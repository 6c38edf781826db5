namespace Recurrent.Layers;

/// <summary>A table of vectors, of which an index picks one a step.</summary>
public sealed class EmbeddingLayer : Layer
{
    private readonly EmbeddingSpecification _specification;

    /// <summary>Makes the layer. The table is copied and never changes.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <param name="table"><c>[InputSize, OutputSize]</c>, row-major.</param>
    /// <exception cref="ArgumentNullException">The specification is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set, or the table does not have that shape.</exception>
    public EmbeddingLayer(EmbeddingSpecification specification, ReadOnlySpan<float> table)
        : this(specification, (ReadOnlyMemory<float>)table.ToArray())
    {
    }

    private EmbeddingLayer(EmbeddingSpecification specification, ReadOnlyMemory<float> table)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        Require.Shape(
            table.Length, specification.InputSize, specification.OutputSize, "[InputSize, OutputSize]", nameof(table));
        _specification = specification;
        Table = table;
    }

    /// <inheritdoc/>
    public override EmbeddingSpecification Specification => _specification;

    /// <summary><c>[InputSize, OutputSize]</c>.</summary>
    public ReadOnlyMemory<float> Table { get; }

    /// <summary>Makes the layer over a table that is not copied.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <param name="table"><c>[InputSize, OutputSize]</c>, row-major. It must not change.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="ArgumentNullException">The specification is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set, or the table does not have that shape.</exception>
    public static EmbeddingLayer Wrap(EmbeddingSpecification specification, ReadOnlyMemory<float> table) =>
        new(specification, table);
}
