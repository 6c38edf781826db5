using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y[j] = a[j] * b[j]</c>, in one rounding.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class ProductRunner<T>(ProductSpecification specification) : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = specification;

    protected override void Apply(LayerInput<T> input, int step, Span<T> y)
    {
        ReadOnlySpan<T> a = input[0].Step(step);
        ReadOnlySpan<T> b = input[1].Step(step);
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = a[j] * b[j];
        }
    }
}
