using System.Numerics;

namespace Recurrent.Reference;

/// <summary>Softmax: <c>dx[j] = y[j] (dy[j] - sum y dy)</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class SoftmaxGradient<T>(LayerRunner<T> runner) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
{
    protected override void Step(LayerPass<T> pass, LayerPassGradients<T> gradients, int step)
    {
        ReadOnlySpan<T> y = Output(pass.Output, step);
        ReadOnlySpan<T> dy = Output(gradients.Output, step);
        Span<T> dx = Input(gradients.Input, step);
        T mean = Product.Chain(T.Zero, y, dy);
        for (int j = 0; j < y.Length; j++)
        {
            dx[j] = y[j] * (dy[j] - mean);
        }
    }
}
