using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Steps side by side, or a row cut into steps: copies back.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class FlattenGradient<T>(LayerRunner<T> runner) : LayerGradient<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = runner.Specification;

    public override void Forward(LayerPass<T> pass) => runner.Run(pass.Read, pass.Output, pass.Extent, pass.States);

    public override void Backward(LayerPass<T> pass, LayerPassGradients gradients)
    {
        if (Specification is FlattenSpecification)
        {
            FlattenRunner<T>.Copy<double>(gradients.Input, gradients.Output, pass.Read[0].Extent, toRows: false);
        }
        else
        {
            FlattenRunner<T>.Copy<double>(gradients.Output, gradients.Input, pass.Extent, toRows: true);
        }
    }
}
