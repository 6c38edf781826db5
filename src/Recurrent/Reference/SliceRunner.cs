using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y[j] = x[First + j]</c>.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class SliceRunner<T>(SliceSpecification specification) : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
{
    public override LayerSpecification Specification { get; } = specification;

    protected override void Apply(LayerInput<T> input, int step, Span<T> y) =>
        Features(input, step).Slice(specification.First, y.Length).CopyTo(y);
}
