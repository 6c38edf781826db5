using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The features of all steps of a row side by side, or a row cut into steps: copies.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="specification">The layer: a flatten or an unflatten.</param>
internal sealed class FlattenRunner<T>(LayerSpecification specification) : LayerRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = specification;

    /// <summary>Copies the steps of a sequence to the rows of a batch, or those to steps.</summary>
    /// <param name="sequence"><c>[time, batch, size]</c>.</param>
    /// <param name="rows"><c>[batch, time * size]</c>.</param>
    /// <param name="extent">Of the sequence.</param>
    /// <param name="toRows">Whether to the rows.</param>
    public static void Copy<TValue>(Span<TValue> sequence, Span<TValue> rows, SequenceExtent extent, bool toRows)
    {
        int size = extent.Batch == 0 || extent.Time == 0 ? 0 : sequence.Length / (extent.Time * extent.Batch);
        for (int row = 0; row < extent.Batch; row++)
        {
            for (int t = 0; t < extent.Length(row); t++)
            {
                Span<TValue> step = sequence.Slice(((t * extent.Batch) + row) * size, size);
                Span<TValue> part = rows.Slice(((row * extent.Time) + t) * size, size);
                if (toRows)
                {
                    step.CopyTo(part);
                }
                else
                {
                    part.CopyTo(step);
                }
            }
        }
    }

    public override void Run(LayerInput<T> input, Span<T> y, SequenceExtent extent, DirectionState<T>[] states)
    {
        if (Specification is FlattenSpecification)
        {
            Copy(input.Features, y, input[0].Extent, toRows: true);
        }
        else
        {
            Copy(y, input.Features, extent, toRows: false);
        }
    }
}
