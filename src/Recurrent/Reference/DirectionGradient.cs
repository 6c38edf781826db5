using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>One direction of a recurrent layer there and back.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="Direction">Which one.</param>
/// <param name="Cell">The way there.</param>
/// <param name="Gradient">The way back.</param>
/// <param name="InitialHidden">Where the gradient of a trained initial state is gathered; empty if it is none.</param>
/// <param name="InitialCell">Likewise.</param>
internal sealed record DirectionGradient<T>(
    Direction Direction,
    DirectionCell<T> Cell,
    CellGradient<T> Gradient,
    Memory<double> InitialHidden,
    Memory<double> InitialCell)
    where T : IFloatingPointIeee754<T>
{
    /// <summary>Zeros in the shape of the states of a batch.</summary>
    public DirectionState<double> CreateStateGradients(int batch) =>
        new(new double[Cell.InitialHidden.Length], new double[Cell.InitialCell.Length], batch);

    /// <summary>Adds the gradients of all rows' initial states to those of the parameters.</summary>
    public void AddInitialStates(DirectionState<double> gradients, int batch)
    {
        for (int row = 0; row < batch; row++)
        {
            Add(gradients.Row(StateKind.Hidden, row), InitialHidden.Span);
            Add(gradients.Row(StateKind.Cell, row), InitialCell.Span);
        }
    }

    private static void Add(ReadOnlySpan<double> gradient, Span<double> parameters)
    {
        if (!parameters.IsEmpty)
        {
            Product.Gather(1, gradient, parameters);
        }
    }
}
