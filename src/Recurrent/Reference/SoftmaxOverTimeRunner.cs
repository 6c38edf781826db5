using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The sum of all steps of a row, weighted by a softmax of scores over them.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class SoftmaxOverTimeRunner<T, TArithmetic>(SoftmaxOverTimeSpecification specification) : LayerRunner<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    public override LayerSpecification Specification { get; } = specification;

    /// <summary>The weights of a row's steps by the scores of one feature; none of no steps.</summary>
    public static T[] Weights(LayerValue<T> scores, int row, int feature)
    {
        T[] weights = new T[scores.Extent.Length(row)];
        T maximum = weights.Length == 0 ? T.Zero : scores.Step(row)[feature];
        for (int t = 0; t < weights.Length; t++)
        {
            T score = scores.Step((t * scores.Extent.Batch) + row)[feature];
            maximum = score > maximum ? score : maximum;
        }

        T sum = T.Zero;
        for (int t = 0; t < weights.Length; t++)
        {
            weights[t] = TArithmetic.Exp(scores.Step((t * scores.Extent.Batch) + row)[feature] - maximum);
            sum += weights[t];
        }

        return Array.ConvertAll(weights, weight => weight / sum);
    }

    public override void Run(LayerInput<T> input, Span<T> y, SequenceExtent extent, DirectionState<T>[] states)
    {
        LayerValue<T> values = input[0];
        for (int row = 0; row < extent.Batch; row++)
        {
            for (int j = 0; j < values.Size && extent.Length(row) > 0; j++)
            {
                T[] weights = Weights(input[1], row, input[1].Size == 1 ? 0 : j);
                T sum = T.Zero;
                for (int t = 0; t < weights.Length; t++)
                {
                    sum = T.FusedMultiplyAdd(weights[t], values.Step((t * extent.Batch) + row)[j], sum);
                }

                y[(row * values.Size) + j] = sum;
            }
        }
    }
}
