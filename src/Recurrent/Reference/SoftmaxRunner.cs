using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y[j] = exp(x[j] - max x) / sum exp(x - max x)</c> of every valid step.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class SoftmaxRunner<T, TArithmetic>(SoftmaxSpecification specification) : StatelessRunner<T>
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
            // A NaN is passed over here; its own exponential makes the sum NaN, and so all outputs.
            maximum = value > maximum ? value : maximum;
        }

        T sum = T.Zero;
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = TArithmetic.Exp(x[j] - maximum);
            sum += y[j];
        }

        foreach (ref T value in y)
        {
            value /= sum;
        }
    }
}
