using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y[j] = (x[j] - max x) - log(sum exp(x - max x))</c> of every valid step.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class LogSoftmaxRunner<T, TArithmetic>(LogSoftmaxSpecification specification) : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    public override LayerSpecification Specification { get; } = specification;

    protected override void Apply(LayerInput<T> input, int step, Span<T> y)
    {
        ReadOnlySpan<T> x = Features(input, step);
        T maximum = x[0];
        foreach (T value in x)
        {
            maximum = value > maximum ? value : maximum;
        }

        T sum = T.Zero;
        foreach (T value in x)
        {
            sum += TArithmetic.Exp(value - maximum);
        }

        T logarithm = TArithmetic.Log(sum);
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = x[j] - maximum - logarithm;
        }
    }
}
