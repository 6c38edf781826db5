namespace Recurrent.Layers;

/// <summary>The final cell state of an LSTM.</summary>
public sealed class FinalCellStateLayer : Layer
{
    private readonly FinalCellStateSpecification _specification;

    /// <summary>Makes the layer.</summary>
    /// <param name="specification">What the layer is.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="ArgumentException">A size has not been set.</exception>
    public FinalCellStateLayer(FinalCellStateSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(nameof(specification));
        _specification = specification;
    }

    /// <summary>Makes the layer.</summary>
    /// <param name="size">Features that the LSTM outputs.</param>
    /// <param name="cellSize">Its cell states, of all directions together.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public FinalCellStateLayer(int size, int cellSize)
        : this(new FinalCellStateSpecification { InputSize = size, CellSize = cellSize })
    {
    }

    /// <inheritdoc/>
    public override FinalCellStateSpecification Specification => _specification;
}
