using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y = f(x)</c> of every valid step.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class ActivationRunner<T, TArithmetic>(ActivationSpecification specification) : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly ActivationFunction<T, TArithmetic> _activation = new(specification.Activation);

    public override LayerSpecification Specification { get; } = specification;

    protected override void Apply(LayerInput<T> input, int step, Span<T> y)
    {
        ReadOnlySpan<T> x = Features(input, step);
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = _activation.Of(x[j]);
        }
    }
}
