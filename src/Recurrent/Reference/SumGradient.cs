using System.Numerics;

namespace Recurrent.Reference;

/// <summary>A sum: <c>dy</c> to every value.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class SumGradient<T>(LayerRunner<T> runner) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
{
    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step)
    {
        foreach (double[] input in gradients.Inputs)
        {
            Output(gradients.Output, step).CopyTo(Input(input, step));
        }
    }
}
