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
                Span<T> put = y.Slice(((t * extent.Batch) + row) * read.Size, read.Size);
                if (steps.Length == 0)
                {
                    // The largest of nothing, of a window of padding alone; a row without steps has 0.
                    put.Fill(Specification is MaxPoolingSpecification ? T.NegativeInfinity : T.Zero);
                    continue;
                }

                for (int j = 0; j < put.Length; j++)
                {
                    put[j] = read.Step((Largest(read, row, j, steps) * extent.Batch) + row)[j];
                }
            }
        }
    }
}
