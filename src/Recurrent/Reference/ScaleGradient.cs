using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y[j] = s[j] x[j] + b[j]</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class ScaleGradient<T, TArithmetic>(
    LayerRunner<T> runner, LayerParameters<T> parameters, LayerParameters<double> gradients) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly T[] _factors = parameters.Packed<TArithmetic>(ParameterRole.Factors);
    private readonly Memory<double> _factorGradients = gradients.Part(ParameterRole.Factors);
    private readonly Memory<double> _offsetGradients = gradients.Part(ParameterRole.Offsets);

    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step)
    {
        ReadOnlySpan<T> x = Input(pass.Input, step);
        ReadOnlySpan<double> dy = Output(gradients.Output, step);
        Span<double> dx = Input(gradients.Input, step);
        for (int j = 0; j < x.Length; j++)
        {
            dx[j] = dy[j] * double.CreateChecked(_factors[j]);
            _factorGradients.Span[j] += dy[j] * double.CreateChecked(x[j]);
        }

        if (!_offsetGradients.IsEmpty)
        {
            Product.Gather(1, dy, _offsetGradients.Span);
        }
    }
}
