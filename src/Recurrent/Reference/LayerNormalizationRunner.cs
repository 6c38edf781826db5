using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y[j] = s[j] (x[j] - m) / sqrt(v + epsilon) + b[j]</c> of every valid step.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class LayerNormalizationRunner<T, TArithmetic> : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    // So many sums are begun, whatever the width of a processor's vectors is.
    private const int PartialSums = 16;

    private readonly T[] _factors;
    private readonly T[] _offsets;
    private readonly T _epsilon;

    public LayerNormalizationRunner(LayerNormalizationSpecification specification, LayerParameters<T> parameters)
    {
        Specification = specification;
        int size = specification.InputSize;
        _factors = parameters.Part(ParameterRole.Factors).IsEmpty
            ? [.. Enumerable.Repeat(T.One, size)]
            : parameters.Packed<TArithmetic>(ParameterRole.Factors);
        _offsets = parameters.PackedOrZeros<TArithmetic>(ParameterRole.Offsets, size);
        _epsilon = T.CreateChecked(specification.Epsilon);
    }

    public override LayerSpecification Specification { get; }

    /// <summary>The mean of a step's features, and what their differences from it are multiplied with.</summary>
    public static (T Mean, T Factor) Statistics(ReadOnlySpan<T> x, T epsilon)
    {
        T count = T.CreateChecked(x.Length);
        Span<T> sums = new T[PartialSums];
        for (int j = 0; j < x.Length; j++)
        {
            sums[j % PartialSums] += x[j];
        }

        T mean = Total(sums) / count;
        sums.Clear();
        for (int j = 0; j < x.Length; j++)
        {
            T difference = x[j] - mean;
            ref T sum = ref sums[j % PartialSums];
            sum = T.FusedMultiplyAdd(difference, difference, sum);
        }

        T variance = Total(sums) / count;
        return (mean, T.One / T.Sqrt(variance + epsilon));
    }

    protected override void Apply(LayerInput<T> input, int step, Span<T> y)
    {
        ReadOnlySpan<T> x = Features(input, step);
        (T mean, T factor) = Statistics(x, _epsilon);
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = T.FusedMultiplyAdd((x[j] - mean) * factor, _factors[j], _offsets[j]);
        }
    }

    private static T Total(Span<T> sums)
    {
        for (int half = PartialSums / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                sums[i] += sums[i + half];
            }
        }

        return sums[0];
    }
}
