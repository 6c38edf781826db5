using System.Numerics;

namespace Recurrent.Reference;

/// <summary>Softmax: <c>dx[j] = y[j] (dy[j] - sum y dy)</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class SoftmaxGradient<T>(LayerRunner<T> runner) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
{
    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step)
    {
        ReadOnlySpan<T> y = Output(pass.Output, step);
        ReadOnlySpan<double> dy = Output(gradients.Output, step);
        Span<double> dx = Input(gradients.Input, step);
        double mean = 0;
        for (int j = 0; j < y.Length; j++)
        {
            mean += double.CreateChecked(y[j]) * dy[j];
        }

        for (int j = 0; j < y.Length; j++)
        {
            dx[j] = double.CreateChecked(y[j]) * (dy[j] - mean);
        }
    }
}
