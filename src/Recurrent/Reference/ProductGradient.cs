using System.Numerics;

namespace Recurrent.Reference;

/// <summary><c>y[j] = a[j] b[j]</c>: <c>da = b dy</c>, <c>db = a dy</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class ProductGradient<T>(LayerRunner<T> runner) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
{
    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step)
    {
        ReadOnlySpan<double> dy = Output(gradients.Output, step);
        for (int value = 0; value < 2; value++)
        {
            ReadOnlySpan<T> other = pass.Read[1 - value].Step(step);
            Span<double> gradient = Input(gradients.Inputs[value], step);
            for (int j = 0; j < dy.Length; j++)
            {
                gradient[j] = dy[j] * double.CreateChecked(other[j]);
            }
        }
    }
}
