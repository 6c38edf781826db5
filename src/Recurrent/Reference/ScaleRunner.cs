using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y[j] = s[j] x[j] + b[j]</c> of every valid step, in one rounding.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class ScaleRunner<T, TArithmetic>(ScaleSpecification specification, LayerParameters<T> parameters)
    : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly T[] _factors = parameters.Packed<TArithmetic>(ParameterRole.Factors);
    private readonly T[] _offsets =
        parameters.PackedOrZeros<TArithmetic>(ParameterRole.Offsets, specification.InputSize);

    public override LayerSpecification Specification { get; } = specification;

    protected override void Apply(LayerInput<T> input, int step, Span<T> y)
    {
        ReadOnlySpan<T> x = Features(input, step);
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = T.FusedMultiplyAdd(_factors[j], x[j], _offsets[j]);
        }
    }
}
