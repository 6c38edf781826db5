namespace Recurrent.Reference;

/// <summary>One step of one row on the way back.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal readonly ref struct CellStep<T>
{
    /// <summary>The input that the step read, <c>[I]</c>.</summary>
    public required ReadOnlySpan<T> X { get; init; }

    /// <summary>The state that the step read, <c>[S]</c>, dropout applied.</summary>
    public required ReadOnlySpan<T> Hidden { get; init; }

    /// <summary>The cell state that the step read, <c>[H]</c>; empty if the cell has none.</summary>
    public required ReadOnlySpan<T> CellState { get; init; }

    /// <summary>The gradient of the state that the step made, <c>[S]</c>; becomes that of the one it read.</summary>
    public required Span<double> HiddenGradient { get; init; }

    /// <summary>The gradient of the cell state that the step made, <c>[H]</c>; becomes that of the one it read.</summary>
    public required Span<double> CellGradient { get; init; }

    /// <summary>The gradient of the input, <c>[I]</c>; added to.</summary>
    public required Span<double> XGradient { get; init; }
}
