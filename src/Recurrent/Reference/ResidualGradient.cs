using System.Numerics;

namespace Recurrent.Reference;

/// <summary><c>y[j] = x[j] + s[j]</c>: the gradient goes both ways.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class ResidualGradient<T>(LayerRunner<T> runner) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
{
    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step)
    {
        ReadOnlySpan<double> dy = Output(gradients.Output, step);
        dy.CopyTo(Input(gradients.Input, step));
        int size = pass.Read[1].Size;
        dy.CopyTo(gradients.Inputs[1].AsSpan(step * size, size));
    }
}
