using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Copies of steps: what was copied gathers the gradients of all its copies.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class StepSelectionGradient<T>(LayerRunner<T> runner) : LayerGradient<T>
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
            for (int t = 0; t < pass.Extent.Length(row) && read.Length(row) > 0; t++)
            {
                int source = StepSelection.Source(Specification, t, pass.Extent.Length(row), read.Length(row));
                Product.Gather<double>(
                    1,
                    gradients.Output.AsSpan(((t * read.Batch) + row) * size, size),
                    gradients.Input.AsSpan(((source * read.Batch) + row) * size, size));
            }
        }
    }
}
