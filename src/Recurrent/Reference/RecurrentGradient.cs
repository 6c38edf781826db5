using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// A recurrent layer there and back: backpropagation through time (Werbos 1990), over the steps in the opposite order.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="specification">What the layer is.</param>
/// <param name="directions">Its directions, forward first.</param>
internal sealed class RecurrentGradient<T>(
    RecurrentSpecification specification, IReadOnlyList<DirectionGradient<T>> directions) : LayerGradient<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification => specification;

    private int Inputs => specification.InputSize;

    private int States => specification.StateSize;

    private int Cells => specification.HasCellState ? specification.HiddenSize : 0;

    public override DirectionState<T>[] CreateStates(int batch) =>
        [.. directions.Select(direction => direction.Cell.CreateState(batch))];

    public override DirectionState<double>[] CreateStateGradients(int batch) =>
        [.. directions.Select(direction => direction.CreateStateGradients(batch))];

    public override void AddInitialStates(DirectionState<double>[] gradients, int batch)
    {
        for (int d = 0; d < directions.Count; d++)
        {
            directions[d].AddInitialStates(gradients[d], batch);
        }
    }

    public override void Forward(LayerPass<T> pass)
    {
        FinalStates.Start(pass.Read, pass.States);
        int steps = pass.Extent.Time * pass.Extent.Batch;
        pass.Tapes = [.. directions.Select(_ => new DirectionTape<T>(new T[steps * States], new T[steps * Cells]))];
        for (int d = 0; d < directions.Count; d++)
        {
            T[] scratch = new T[directions[d].Cell.Cell.ScratchSize];
            for (int row = 0; row < pass.Extent.Batch; row++)
            {
                foreach (int step in Steps(pass.Extent, row, directions[d].Direction))
                {
                    Forward(pass, d, row, step, scratch);
                }
            }
        }
    }

    public override void Backward(LayerPass<T> pass, LayerPassGradients gradients)
    {
        for (int d = 0; d < directions.Count; d++)
        {
            for (int row = 0; row < pass.Extent.Batch; row++)
            {
                foreach (int step in Steps(pass.Extent, row, directions[d].Direction).Reverse())
                {
                    Backward(pass, gradients, d, row, step);
                }
            }
        }

        FinalStates.Give(pass.Read, gradients.Inputs, gradients.States);
    }

    /// <summary>Indices in <c>[time, batch]</c> of a row's steps, in the order in which a direction takes them.</summary>
    private static IEnumerable<int> Steps(SequenceExtent extent, int row, Direction direction)
    {
        IEnumerable<int> times = Enumerable.Range(0, extent.Length(row));
        return (direction == Direction.Reverse ? times.Reverse() : times).Select(t => (t * extent.Batch) + row);
    }

    private void Forward(LayerPass<T> pass, int d, int row, int step, T[] scratch)
    {
        Span<T> hidden = pass.States[d].Row(StateKind.Hidden, row);
        Span<T> cell = pass.States[d].Row(StateKind.Cell, row);
        pass.Dropout?.ApplyState(hidden, directions[d].Direction, row);
        hidden.CopyTo(pass.Tapes[d].Hidden.AsSpan(step * States));
        cell.CopyTo(pass.Tapes[d].Cell.AsSpan(step * Cells));
        directions[d].Cell.Cell.Step(pass.Input.AsSpan(step * Inputs, Inputs), hidden, cell, scratch);
        hidden.CopyTo(Output(pass.Output, d, step));
    }

    private void Backward(LayerPass<T> pass, LayerPassGradients gradients, int d, int row, int step)
    {
        Span<double> dHidden = gradients.States[d].Row(StateKind.Hidden, row);
        Product.Gather<double>(1, Output(gradients.Output, d, step), dHidden);
        directions[d].Gradient.Step(new CellStep<T>
        {
            X = pass.Input.AsSpan(step * Inputs, Inputs),
            Hidden = pass.Tapes[d].Hidden.AsSpan(step * States, States),
            CellState = pass.Tapes[d].Cell.AsSpan(step * Cells, Cells),
            HiddenGradient = dHidden,
            CellGradient = gradients.States[d].Row(StateKind.Cell, row),
            XGradient = gradients.Input.AsSpan(step * Inputs, Inputs),
        });
        pass.Dropout?.ApplyState(dHidden, directions[d].Direction, row);
    }

    /// <summary>A direction's part of one step of the output, or of its gradient.</summary>
    private Span<TValue> Output<TValue>(TValue[] values, int d, int step) =>
        values.AsSpan((step * specification.OutputSize) + (d * States), States);
}
