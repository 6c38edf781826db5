using System.Numerics;

namespace Recurrent.Reference;

/// <summary>The logarithms of a softmax: <c>dx[j] = dy[j] - exp(y[j]) sum dy</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class LogSoftmaxGradient<T>(LayerRunner<T> runner) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
{
    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step)
    {
        ReadOnlySpan<T> y = Output(pass.Output, step);
        ReadOnlySpan<double> dy = Output(gradients.Output, step);
        Span<double> dx = Input(gradients.Input, step);
        double sum = 0;
        foreach (double gradient in dy)
        {
            sum += gradient;
        }

        for (int j = 0; j < y.Length; j++)
        {
            dx[j] = dy[j] - (Math.Exp(double.CreateChecked(y[j])) * sum);
        }
    }
}
