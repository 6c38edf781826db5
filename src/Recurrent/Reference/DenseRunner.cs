using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y = f(b + V x)</c> of every valid step.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class DenseRunner<T, TArithmetic> : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly WeightMatrix<T> _kernel;
    private readonly T[] _bias;
    private readonly ActivationFunction<T, TArithmetic> _activation;

    public DenseRunner(DenseSpecification specification, LayerParameters<T> parameters)
    {
        Specification = specification;
        _kernel = WeightMatrix<T>.Pack<TArithmetic>(parameters, ParameterRole.InputWeights, specification.InputSize);
        _bias = parameters.PackedOrZeros<TArithmetic>(ParameterRole.InputBias, specification.OutputSize);
        _activation = new(specification.Activation);
    }

    public override LayerSpecification Specification { get; }

    protected override void Apply(LayerInput<T> input, int step, Span<T> y)
    {
        ReadOnlySpan<T> x = Features(input, step);
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = _activation.Of(_kernel.Chain(_bias[j], j, x));
        }
    }
}
