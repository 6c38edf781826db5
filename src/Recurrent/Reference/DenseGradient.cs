using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y = f(a)</c>, <c>a = b + V x</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class DenseGradient<T, TArithmetic>(
    DenseSpecification specification,
    LayerRunner<T> runner,
    LayerParameters<T> parameters,
    LayerParameters<double> gradients) : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly T[] _kernel = parameters.Packed<TArithmetic>(ParameterRole.InputWeights);
    private readonly T[] _bias =
        parameters.PackedOrZeros<TArithmetic>(ParameterRole.InputBias, specification.OutputSize);

    private readonly Memory<double> _kernelGradient = gradients.Part(ParameterRole.InputWeights);
    private readonly Memory<double> _biasGradient = gradients.Part(ParameterRole.InputBias);
    private readonly ActivationGradient _slope = new(specification.Activation);

    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step)
    {
        ReadOnlySpan<T> x = Input(pass.Input, step);
        ReadOnlySpan<double> dy = Output(gradients.Output, step);
        Span<double> dx = Input(gradients.Input, step);
        for (int j = 0; j < dy.Length; j++)
        {
            ReadOnlySpan<T> row = Product.Row(_kernel, j, x.Length);
            double da = dy[j] * _slope.At(Product.Chain(_bias[j], row, x));
            Product.Gather(da, row, dx);
            Product.Gather(da, x, Product.Row(_kernelGradient, j, x.Length));
            if (!_biasGradient.IsEmpty)
            {
                _biasGradient.Span[j] += da;
            }
        }
    }
}
