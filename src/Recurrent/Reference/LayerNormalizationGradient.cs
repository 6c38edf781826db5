using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// <c>y = s n + b</c>, <c>n = (x - m) r</c>: <c>dx = r (dn - mean of dn - n mean of (n dn))</c> with <c>dn = s dy</c>.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class LayerNormalizationGradient<T, TArithmetic>(
    LayerNormalizationSpecification specification,
    LayerRunner<T> runner,
    LayerParameters<T> parameters,
    LayerParameters<double> gradients) : StatelessGradient<T>(runner)
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
        (T mean, T factor) = LayerNormalizationRunner<T, TArithmetic>.Statistics(
            x, T.CreateChecked(specification.Epsilon));
        double[] normalized = new double[x.Length];
        double meanGradient = 0;
        double product = 0;
        for (int j = 0; j < x.Length; j++)
        {
            normalized[j] = double.CreateChecked((x[j] - mean) * factor);
            dx[j] = _factors.Length == 0 ? dy[j] : dy[j] * double.CreateChecked(_factors[j]);
            meanGradient += dx[j] / x.Length;
            product += dx[j] * normalized[j] / x.Length;
        }

        for (int j = 0; j < x.Length; j++)
        {
            dx[j] = double.CreateChecked(factor) * (dx[j] - meanGradient - (normalized[j] * product));
        }

        if (!_factorGradients.IsEmpty)
        {
            for (int j = 0; j < x.Length; j++)
            {
                _factorGradients.Span[j] += dy[j] * normalized[j];
            }
        }

        if (!_offsetGradients.IsEmpty)
        {
            Product.Gather(1, dy, _offsetGradients.Span);
        }
    }
}
