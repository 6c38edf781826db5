namespace Recurrent.Layers;

/// <summary>
/// A matrix of 8-bit integers with a scale for each row: how <see cref="WeightFormat.Int8"/> has weights. An element has the
/// value <c>scale * integer</c>, which a float holds exactly.
/// </summary>
/// <remarks>
/// Packing what <see cref="ToFloats"/> gives changes no value. A row whose weights are multiples of a power of two, from -128
/// to 127 of them, keeps them exactly.
/// </remarks>
public sealed class Int8Matrix
{
    // Rows of nothing but tiny weights have this as their largest, so that scales and their products stay normal numbers.
    private const float LeastMaximum = 1.0f / (1L << 40);

    private readonly sbyte[] _values;
    private readonly float[] _scales;

    private Int8Matrix(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        _values = new sbyte[rows * columns];
        _scales = new float[rows];
    }

    /// <summary>Rows: the outputs of the product.</summary>
    public int Rows { get; }

    /// <summary>Columns: the terms of a row's sum.</summary>
    public int Columns { get; }

    /// <summary><c>[Rows, Columns]</c>, row-major, each from -128 to 127.</summary>
    public ReadOnlySpan<sbyte> Values => _values;

    /// <summary><c>[Rows]</c>, finite and positive.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>Rounds a matrix, each row by itself; denormal weights are +0.</summary>
    /// <param name="weights"><c>[rows, columns]</c>, row-major.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="columns">Columns, 1 or more.</param>
    /// <returns>The matrix.</returns>
    /// <exception cref="ArgumentException">
    /// The length is wrong, a weight is not finite, or a row's weights are so large that 127 times its scale is not.
    /// </exception>
    public static Int8Matrix Pack(ReadOnlySpan<float> weights, int rows, int columns) =>
        Pack(weights, rows, columns, nameof(weights));

    /// <summary>The values of the elements.</summary>
    /// <returns><c>[Rows, Columns]</c>.</returns>
    public float[] ToFloats()
    {
        float[] floats = new float[_values.Length];
        for (int i = 0; i < floats.Length; i++)
        {
            floats[i] = _values[i] * _scales[i / Columns];
        }

        return floats;
    }

    /// <summary>One row.</summary>
    internal ReadOnlySpan<sbyte> Row(int row) => _values.AsSpan(row * Columns, Columns);

    internal static Int8Matrix Pack(ReadOnlySpan<float> weights, int rows, int columns, string argument)
    {
        Require.Within(rows, 0, int.MaxValue, nameof(rows));
        Require.Within(columns, 1, int.MaxValue, nameof(columns));
        Require.Shape(weights.Length, rows, columns, "[rows, columns]", argument);
        Int8Matrix matrix = new(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            matrix.PackRow(row, weights.Slice(row * columns, columns), argument);
        }

        return matrix;
    }

    private void PackRow(int row, ReadOnlySpan<float> given, string argument)
    {
        float[] weights = new float[Columns];
        float maximum = LeastMaximum;
        for (int k = 0; k < weights.Length; k++)
        {
            if (!float.IsFinite(given[k]))
            {
                throw new ArgumentException(
                    $"{argument}: expected finite weights for 8-bit integers, found {given[k]} in row {row}, column {k}.",
                    argument);
            }

            weights[k] = WeightRounding.Flush(given[k]);
            maximum = MathF.Max(maximum, MathF.Abs(weights[k]));
        }

        float scale = LosslessScale(weights, maximum) ?? RoundedScale(maximum);
        if (!float.IsFinite(127 * scale))
        {
            throw new ArgumentException(
                $"{argument}: expected weights so small that 127 times the scale of their row is finite, found {maximum:R} in "
                + $"row {row}.",
                argument);
        }

        _scales[row] = scale;
        Span<sbyte> values = _values.AsSpan(row * Columns, Columns);
        for (int k = 0; k < values.Length; k++)
        {
            // Exact where the scale is a power of two.
            values[k] = (sbyte)MathF.Round(weights[k] / scale, MidpointRounding.ToEven);
        }
    }

    /// <summary>The smaller of two powers of two of which all weights are multiples that fit 8 bits; null if neither is.</summary>
    private static float? LosslessScale(ReadOnlySpan<float> weights, float maximum)
    {
        // maximum = f 2^e with 1/2 <= f < 1, and ILogB counts from 1 <= f < 2.
        int e = MathF.ILogB(maximum) + 1;
        for (int exponent = e - 8; exponent <= e - 7; exponent++)
        {
            float scale = MathF.ScaleB(1.0f, exponent);
            if (AreMultiples(weights, scale))
            {
                return scale;
            }
        }

        return null;
    }

    private static bool AreMultiples(ReadOnlySpan<float> weights, float scale)
    {
        foreach (float weight in weights)
        {
            float multiple = weight / scale;
            if (multiple != MathF.Round(multiple) || multiple is < sbyte.MinValue or > sbyte.MaxValue)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The largest weight divided by 127, rounded up to 16 significant bits: with 7 bits of the integer an element has at most
    /// 23, and the largest weight stays 127 times the scale when it is packed again.
    /// </summary>
    private static float RoundedScale(float maximum)
    {
        uint bits = BitConverter.SingleToUInt32Bits(maximum / 127);
        return BitConverter.UInt32BitsToSingle((bits + 0xff) & ~0xffu);
    }
}
