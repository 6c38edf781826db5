using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Copies of steps: the last one or ones, all of them in reverse, or a row many times.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class StepSelectionRunner<T>(LayerSpecification specification) : LayerRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = specification;

    public override void Run(LayerInput<T> input, Span<T> y, SequenceExtent extent, DirectionState<T>[] states)
    {
        LayerValue<T> read = input[0];
        for (int row = 0; row < extent.Batch; row++)
        {
            // A row that has no step to copy, because its windows took more than it has, stays 0.
            for (int t = 0; t < extent.Length(row) && read.Extent.Length(row) > 0; t++)
            {
                int source = StepSelection.Source(Specification, t, extent.Length(row), read.Extent.Length(row));
                read.Step((source * extent.Batch) + row).CopyTo(y[(((t * extent.Batch) + row) * read.Size)..]);
            }
        }
    }
}
