using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y[j] = s[j] x[j] + b[j]</c> of every valid step, in one rounding.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class ScaleRunner<T, TArithmetic>(ScaleLayer layer) : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly T[] _factors = DirectionWeights<T>.Promote<TArithmetic>(layer.Factors);
    private readonly T[] _offsets =
        DirectionWeights<T>.PromoteOrZeros<TArithmetic>(layer.Offsets, layer.Factors.Length);

    public override LayerSpecification Specification { get; } = layer.Specification;

    protected override void Apply(LayerInput<T> input, int step, Span<T> y)
    {
        ReadOnlySpan<T> x = Features(input, step);
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = T.FusedMultiplyAdd(_factors[j], x[j], _offsets[j]);
        }
    }
}
