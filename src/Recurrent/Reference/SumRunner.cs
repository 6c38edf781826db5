using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y[j] = (a[j] + b[j]) + c[j]</c> and so on, from the first value to the last.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class SumRunner<T>(SumSpecification specification) : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = specification;

    protected override void Apply(LayerInput<T> input, int step, Span<T> y)
    {
        input[0].Step(step).CopyTo(y);
        for (int value = 1; value < input.Count; value++)
        {
            ReadOnlySpan<T> addend = input[value].Step(step);
            for (int j = 0; j < y.Length; j++)
            {
                y[j] += addend[j];
            }
        }
    }
}
