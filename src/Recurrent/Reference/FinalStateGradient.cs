using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The final states as a row: the gradient goes to the states, of rows that have steps.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class FinalStateGradient<T>(LayerRunner<T> runner) : LayerGradient<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = runner.Specification;

    public override void Forward(LayerPass<T> pass) => runner.Run(pass.Read, pass.Output, pass.Extent, pass.States);

    public override void Backward(LayerPass<T> pass, LayerPassGradients gradients)
    {
        int size = Specification.OutputSize;
        for (int row = 0; row < pass.Extent.Batch; row++)
        {
            FinalStates.Add(gradients.Output.AsSpan(row * size, size), gradients.ReadStates, row, FinalStates.KindOf(Specification));
        }
    }
}
