using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y[j] = x[j] + s[j]</c> of every valid step, <c>s</c> being what an earlier layer took in.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class ResidualRunner<T>(ResidualSpecification specification) : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = specification;

    protected override void Apply(LayerInput<T> input, int step, Span<T> y)
    {
        ReadOnlySpan<T> x = Features(input, step);
        ReadOnlySpan<T> source = input[1].Step(step);
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = x[j] + source[j];
        }
    }
}
