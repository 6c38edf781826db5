using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The mean of each feature in a window of steps, or in all of them: their sum in order, and one division.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="specification">The layer: an average pooling or a mean over time.</param>
internal sealed class AveragePoolingRunner<T>(LayerSpecification specification) : LayerRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = specification;

    /// <summary>What the sum of so many steps is divided by.</summary>
    public static int Divisor(LayerSpecification specification, int steps) =>
        specification is AveragePoolingSpecification { CountsPadding: true, KernelSize: var size } ? size : steps;

    public override void Run(LayerInput<T> input, Span<T> y, SequenceExtent extent, DirectionState<T>[] states)
    {
        LayerValue<T> read = input[0];
        for (int row = 0; row < extent.Batch; row++)
        {
            for (int t = 0; t < extent.Length(row); t++)
            {
                int[] steps = [.. PooledSteps.Of(Specification, t, read.Extent.Length(row))];
                T divisor = T.CreateChecked(Divisor(Specification, steps.Length));
                for (int j = 0; j < read.Size && steps.Length > 0; j++)
                {
                    T sum = T.Zero;
                    foreach (int step in steps)
                    {
                        sum += read.Step((step * extent.Batch) + row)[j];
                    }

                    y[(((t * extent.Batch) + row) * read.Size) + j] = sum / divisor;
                }
            }
        }
    }
}
