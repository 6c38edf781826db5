using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y = f(x)</c>: <c>dx = f'(x) dy</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class ActivationLayerGradient<T>(
    ActivationSpecification specification, LayerRunner<T> runner) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
{
    private readonly ActivationGradient _slope = new(specification.Activation);

    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step)
    {
        ReadOnlySpan<T> x = Input(pass.Input, step);
        ReadOnlySpan<double> dy = Output(gradients.Output, step);
        Span<double> dx = Input(gradients.Input, step);
        for (int j = 0; j < x.Length; j++)
        {
            dx[j] = dy[j] * _slope.At(x[j]);
        }
    }
}
