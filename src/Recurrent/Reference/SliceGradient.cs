using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Some features: <c>dy</c> to those, 0 to the others.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class SliceGradient<T>(SliceSpecification specification, LayerRunner<T> runner)
    : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
{
    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step) =>
        Output(gradients.Output, step).CopyTo(Input(gradients.Input, step)[specification.First..]);
}
