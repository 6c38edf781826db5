using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The mean of a window, or of all steps: each of its steps has its share of the gradient.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class AveragePoolingGradient<T>(LayerRunner<T> runner) : LayerGradient<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = runner.Specification;

    public override void Forward(LayerPass<T> pass) => runner.Run(pass.Read, pass.Output, pass.Extent, pass.States);

    public override void Backward(LayerPass<T> pass, LayerPassGradients gradients)
    {
        SequenceExtent read = pass.Read[0].Extent;
        int size = Specification.InputSize;
        for (int row = 0; row < pass.Extent.Batch; row++)
        {
            for (int t = 0; t < pass.Extent.Length(row); t++)
            {
                int[] steps = [.. PooledSteps.Of(Specification, t, read.Length(row))];
                foreach (int step in steps)
                {
                    Product.Gather<double>(
                        1.0 / AveragePoolingRunner<T>.Divisor(Specification, steps.Length),
                        gradients.Output.AsSpan(((t * read.Batch) + row) * size, size),
                        gradients.Input.AsSpan(((step * read.Batch) + row) * size, size));
                }
            }
        }
    }
}
