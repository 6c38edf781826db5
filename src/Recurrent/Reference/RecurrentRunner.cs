using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>One or two directions of a cell over sequences.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class RecurrentRunner<T> : LayerRunner<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly RecurrentSpecification _specification;
    private readonly DirectionCell<T>? _forward;
    private readonly DirectionCell<T>? _reverse;

    /// <summary>Takes the cells of the directions that the layer has; null for the other.</summary>
    public RecurrentRunner(
        RecurrentSpecification specification, DirectionCell<T>? forward, DirectionCell<T>? reverse)
    {
        _specification = specification;
        _forward = forward;
        _reverse = reverse;
    }

    public override LayerSpecification Specification => _specification;

    public override DirectionState<T>[] CreateStates(int batch) =>
        [.. from direction in new[] { _forward, _reverse } where direction is not null select direction.CreateState(batch)];

    public override void Run(LayerInput<T> input, Span<T> y, SequenceExtent extent, DirectionState<T>[] states)
    {
        FinalStates.Start(input, states);
        if (_forward is not null)
        {
            RunDirection(_forward.Cell, states[0], input.Features, y, extent, outputOffset: 0, reverse: false);
        }

        if (_reverse is not null)
        {
            int outputOffset = _forward is null ? 0 : _specification.StateSize;
            RunDirection(_reverse.Cell, states[^1], input.Features, y, extent, outputOffset, reverse: true);
        }
    }

    private void RunDirection(
        Cell<T> cell,
        DirectionState<T> state,
        ReadOnlySpan<T> x,
        Span<T> y,
        SequenceExtent extent,
        int outputOffset,
        bool reverse)
    {
        int inputs = _specification.InputSize;
        int outputs = _specification.OutputSize;
        T[] scratch = new T[cell.ScratchSize];
        for (int row = 0; row < extent.Batch; row++)
        {
            Span<T> hidden = state.Row(StateKind.Hidden, row);
            Span<T> cellState = state.Row(StateKind.Cell, row);
            int length = extent.Length(row);
            for (int i = 0; i < length; i++)
            {
                int t = reverse ? length - 1 - i : i;
                int step = (t * extent.Batch) + row;
                cell.Step(x.Slice(step * inputs, inputs), hidden, cellState, scratch);
                hidden.CopyTo(y[((step * outputs) + outputOffset)..]);
            }
        }
    }
}
