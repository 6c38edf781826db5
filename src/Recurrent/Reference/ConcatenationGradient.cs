using System.Numerics;

namespace Recurrent.Reference;

/// <summary>Side by side: each value has its part of <c>dy</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class ConcatenationGradient<T>(LayerRunner<T> runner) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
{
    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step)
    {
        ReadOnlySpan<double> dy = Output(gradients.Output, step);
        for (int value = 0; value < pass.Read.Count; value++)
        {
            int size = pass.Read[value].Size;
            dy[..size].CopyTo(gradients.Inputs[value].AsSpan(step * size));
            dy = dy[size..];
        }
    }
}
