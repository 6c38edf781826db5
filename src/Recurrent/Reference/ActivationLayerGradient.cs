using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y = f(x)</c>: <c>dx = f'(x) dy</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class ActivationLayerGradient<T, TArithmetic>(
    ActivationSpecification specification, LayerRunner<T> runner) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly ActivationGradient<T, TArithmetic> _slope = new(specification.Activation);

    protected override void Step(LayerPass<T> pass, LayerPassGradients<T> gradients, int step)
    {
        ReadOnlySpan<T> x = Input(pass.Input, step);
        ReadOnlySpan<T> dy = Output(gradients.Output, step);
        Span<T> dx = Input(gradients.Input, step);
        for (int j = 0; j < x.Length; j++)
        {
            dx[j] = dy[j] * _slope.At(x[j]);
        }
    }
}
