using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The largest value of a window, or of all steps: the gradient goes to the first step that has it.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class MaxPoolingGradient<T>(LayerRunner<T> runner) : LayerGradient<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = runner.Specification;

    public override void Forward(LayerPass<T> pass) => runner.Run(pass.Read, pass.Output, pass.Extent, pass.States);

    public override void Backward(LayerPass<T> pass, LayerPassGradients gradients)
    {
        LayerValue<T> read = pass.Read[0];
        for (int row = 0; row < pass.Extent.Batch; row++)
        {
            for (int t = 0; t < pass.Extent.Length(row); t++)
            {
                int[] steps = [.. PooledSteps.Of(Specification, t, read.Extent.Length(row))];
                for (int j = 0; j < read.Size && steps.Length > 0; j++)
                {
                    int largest = MaxPoolingRunner<T>.Largest(read, row, j, steps);
                    gradients.Input[(((largest * read.Extent.Batch) + row) * read.Size) + j] +=
                        gradients.Output[(((t * read.Extent.Batch) + row) * read.Size) + j];
                }
            }
        }
    }
}
