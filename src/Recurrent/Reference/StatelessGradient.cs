using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>A layer that computes every valid step by itself, there and back.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="runner">The way there.</param>
internal abstract class StatelessGradient<T>(LayerRunner<T> runner) : LayerGradient<T>
    where T : IFloatingPointIeee754<T>
{
    public sealed override LayerSpecification Specification { get; } = runner.Specification;

    public sealed override void Forward(LayerPass<T> pass) =>
        runner.Run(pass.Read, pass.Output, pass.Extent, pass.States);

    public sealed override void Backward(LayerPass<T> pass, LayerPassGradients gradients)
    {
        for (int row = 0; row < pass.Extent.Batch; row++)
        {
            for (int t = 0; t < pass.Extent.Length(row); t++)
            {
                Step(pass, gradients, (t * pass.Extent.Batch) + row);
            }
        }
    }

    /// <summary>Goes back over one step of one row.</summary>
    /// <param name="pass">What was computed.</param>
    /// <param name="gradients">The gradients.</param>
    /// <param name="step">Index of the step in <c>[time, batch]</c>.</param>
    protected abstract void Step(LayerPass<T> pass, LayerPassGradients gradients, int step);

    /// <summary>The features of one step of something as long as the input.</summary>
    protected Span<TValue> Input<TValue>(TValue[] values, int step) =>
        values.AsSpan(step * Specification.InputSize, Specification.InputSize);

    /// <summary>The features of one step of something as long as the output.</summary>
    protected Span<TValue> Output<TValue>(TValue[] values, int step) =>
        values.AsSpan(step * Specification.OutputSize, Specification.OutputSize);
}
