using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The features of several values side by side.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class ConcatenationRunner<T>(ConcatenationSpecification specification) : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = specification;

    protected override void Apply(LayerInput<T> input, int step, Span<T> y)
    {
        for (int value = 0; value < input.Count; value++)
        {
            input[value].Step(step).CopyTo(y);
            y = y[input[value].Size..];
        }
    }
}
