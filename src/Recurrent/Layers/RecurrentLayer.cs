namespace Recurrent.Layers;

/// <summary>A recurrent layer with the weights of its directions.</summary>
public sealed class RecurrentLayer : Layer
{
    private readonly RecurrentSpecification _specification;

    /// <summary>Puts a specification and weights together.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <param name="directions">
    /// The weights of each direction that the layer has: one for a forward or a reverse layer, two for a bidirectional
    /// one, forward first.
    /// </param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">
    /// The specification contradicts itself, the number of directions is wrong, or a part of the weights does not have
    /// the shape that the specification asks for.
    /// </exception>
    public RecurrentLayer(RecurrentSpecification specification, params ReadOnlySpan<CellWeights> directions)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        if (directions.Length != specification.DirectionCount)
        {
            throw new ArgumentException(
                $"{nameof(directions)}: expected {specification.DirectionCount} for Direction "
                + $"{specification.Direction}, found {directions.Length}.",
                nameof(directions));
        }

        for (int i = 0; i < directions.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(directions[i], $"{nameof(directions)}[{i}]");
            directions[i].Validate(specification, $"{nameof(directions)}[{i}]");
        }

        _specification = specification;
        Forward = specification.Has(Direction.Forward) ? directions[0] : null;
        Reverse = specification.Has(Direction.Reverse) ? directions[^1] : null;
    }

    /// <inheritdoc/>
    public override RecurrentSpecification Specification => _specification;

    /// <summary>The weights of the forward direction; null for a reverse layer.</summary>
    public CellWeights? Forward { get; }

    /// <summary>The weights of the reverse direction; null for a forward layer.</summary>
    public CellWeights? Reverse { get; }
}
