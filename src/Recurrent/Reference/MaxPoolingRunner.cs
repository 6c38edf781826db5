using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The largest value of each feature in a window of steps, or in all of them.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="specification">The layer: a max pooling or a maximum over time.</param>
internal sealed class MaxPoolingRunner<T>(LayerSpecification specification) : LayerRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = specification;

    /// <summary>The step of a row that has the largest value of a feature, the first of them, or a NaN; -1 of no steps.</summary>
    /// <param name="value">What the layer reads.</param>
    /// <param name="row">The row.</param>
    /// <param name="feature">The feature.</param>
    /// <param name="steps">The steps, the oldest first.</param>
    public static int Largest(LayerValue<T> value, int row, int feature, IEnumerable<int> steps)
    {
        int largest = -1;
        T maximum = T.Zero;
        foreach (int t in steps)
        {
            T x = value.Step((t * value.Extent.Batch) + row)[feature];
            if (largest < 0 || x > maximum || (T.IsNaN(x) && !T.IsNaN(maximum)))
            {
                largest = t;
                maximum = x;
            }
        }

        return largest;
    }

    public override void Run(LayerInput<T> input, Span<T> y, SequenceExtent extent, DirectionState<T>[] states)
    {
        LayerValue<T> read = input[0];
        for (int row = 0; row < extent.Batch; row++)
        {
            for (int t = 0; t < extent.Length(row); t++)
            {
                int[] steps = [.. PooledSteps.Of(Specification, t, read.Extent.Length(row))];
                for (int j = 0; j < read.Size && steps.Length > 0; j++)
                {
                    int largest = Largest(read, row, j, steps);
                    y[(((t * extent.Batch) + row) * read.Size) + j] = read.Step((largest * extent.Batch) + row)[j];
                }
            }
        }
    }
}
