using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// A matrix of 8-bit integers, and its product with values that are rounded to integers too, all of them with one scale. Over
/// <see cref="float"/> these are the roundings of docs/numerics.md section 5; over <see cref="double"/> only the integers
/// are the same.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class QuantizedMatrix<T> : WeightMatrix<T>
    where T : IFloatingPointIeee754<T>
{
    // The sum of so many products of 8 and 16 bits is one 32-bit integer: 512 * 128 * 32767 < 2^31.
    private const int Block = 512;

    // Values that are smaller all together have this as their largest, so that scales stay normal numbers.
    private static readonly T LeastMaximum = T.CreateChecked(1.0 / 65536 / 65536 / 65536 / 65536);

    private readonly Int8Matrix _matrix;
    private readonly T _largestInteger;

    public QuantizedMatrix(Int8Matrix matrix, WeightFormat format)
        : base(Array.ConvertAll(matrix.ToFloats(), T.CreateChecked), matrix.Columns)
    {
        _matrix = matrix;
        _largestInteger = T.CreateChecked(format == WeightFormat.Int8 ? short.MaxValue : sbyte.MaxValue);
    }

    /// <summary>
    /// <c>start + s_w s_x (w · q)</c>, block after block: the integers of a block are summed exactly, then added in one fused
    /// multiply-add. One value that is no number or infinite makes the result NaN.
    /// </summary>
    public override T Chain(T start, int row, ReadOnlySpan<T> x)
    {
        (T inverse, T inputScale) = ScaleOf(x);
        ReadOnlySpan<sbyte> weights = _matrix.Row(row);
        T scale = T.CreateChecked(_matrix.Scales[row]) * inputScale;
        T sum = start;
        for (int begin = 0; begin < x.Length; begin += Block)
        {
            int end = Math.Min(begin + Block, x.Length);
            int products = T.IsNaN(inputScale) ? 0 : Sum(weights[begin..end], x[begin..end], inverse);
            sum = T.FusedMultiplyAdd(T.CreateChecked(products), scale, sum);
        }

        return sum;
    }

    /// <summary>What values are multiplied with to become integers, and what an integer is worth.</summary>
    private (T Inverse, T Scale) ScaleOf(ReadOnlySpan<T> x)
    {
        T maximum = LeastMaximum;
        foreach (T value in x)
        {
            if (!T.IsFinite(value))
            {
                return (T.NaN, T.NaN);
            }

            maximum = T.Max(maximum, T.Abs(value));
        }

        return (_largestInteger / maximum, maximum / _largestInteger);
    }

    private static int Sum(ReadOnlySpan<sbyte> weights, ReadOnlySpan<T> x, T inverse)
    {
        int sum = 0;
        for (int k = 0; k < x.Length; k++)
        {
            sum += weights[k] * int.CreateChecked(T.Round(x[k] * inverse, MidpointRounding.ToEven));
        }

        return sum;
    }
}
