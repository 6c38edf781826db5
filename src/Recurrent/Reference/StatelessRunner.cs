using System.Numerics;

namespace Recurrent.Reference;

/// <summary>A layer that computes every valid step by itself.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal abstract class StatelessRunner<T> : LayerRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public sealed override void Run(
        LayerInput<T> input, Span<T> y, SequenceExtent extent, DirectionState<T>[] states)
    {
        int outputs = Specification.OutputSize;
        for (int row = 0; row < extent.Batch; row++)
        {
            for (int t = 0; t < extent.Length(row); t++)
            {
                int step = (t * extent.Batch) + row;
                Apply(input, step, y.Slice(step * outputs, outputs));
            }
        }
    }

    /// <summary>Computes one step of one row.</summary>
    /// <param name="input">What the layer reads, in all steps.</param>
    /// <param name="step">Index of the step in <c>[time, batch]</c>.</param>
    /// <param name="y">Receives its output.</param>
    protected abstract void Apply(LayerInput<T> input, int step, Span<T> y);

    /// <summary>The features of one step of the first value.</summary>
    protected static ReadOnlySpan<T> Features(LayerInput<T> input, int step) => input[0].Step(step);
}
