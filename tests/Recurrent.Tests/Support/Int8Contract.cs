namespace Recurrent.Tests.Support;

/// <summary>
/// The arithmetic of 8-bit weights as docs/numerics.md has it, written a second time: in doubles, which hold every intermediate
/// value exactly, rounded to float where the contract rounds.
/// </summary>
internal static class Int8Contract
{
    /// <summary>A row of weights.</summary>
    /// <param name="Scale">What an integer is worth.</param>
    /// <param name="Integers">From -128 to 127.</param>
    public sealed record Row(float Scale, int[] Integers);

    public static Row Pack(float[] weights)
    {
        double[] flushed = [.. weights.Select(weight => Math.Abs((double)weight) < Math.Pow(2, -126) ? 0.0 : weight)];
        double largest = Math.Max(Math.Pow(2, -40), flushed.Max(Math.Abs));
        int exponent = (int)Math.Floor(Math.Log2(largest)) + 1;
        // The logarithm may be off next to a power of two.
        exponent = Math.Pow(2, exponent) <= largest ? exponent + 1 : Math.Pow(2, exponent - 1) > largest ? exponent - 1 : exponent;
        foreach (double power in new[] { Math.Pow(2, exponent - 8), Math.Pow(2, exponent - 7) })
        {
            if (flushed.All(weight => weight / power == Math.Floor(weight / power) && weight / power is >= -128 and <= 127))
            {
                return new Row((float)power, [.. flushed.Select(weight => (int)(weight / power))]);
            }
        }

        uint bits = BitConverter.SingleToUInt32Bits((float)largest / 127f);
        float scale = BitConverter.UInt32BitsToSingle(bits % 256 == 0 ? bits : bits - (bits % 256) + 256);
        return new Row(scale, [.. flushed.Select(weight => (int)Math.Round((double)((float)weight / scale)))]);
    }

    /// <summary>A chain over one vector of inputs.</summary>
    /// <param name="start">What it begins with.</param>
    /// <param name="row">The weights.</param>
    /// <param name="x">Inputs without denormals.</param>
    /// <param name="largestInteger">32767, or 127 for inputs of 8 bits.</param>
    public static float Chain(float start, Row row, float[] x, int largestInteger)
    {
        float sum = start;
        (float scale, int[] integers) = Quantize(x, largestInteger);
        float both = (float)((double)row.Scale * scale);
        for (int block = 0; block * 512 < x.Length; block++)
        {
            long products = 0;
            for (int k = block * 512; k < Math.Min(x.Length, (block + 1) * 512); k++)
            {
                products += (long)row.Integers[k] * integers[k];
            }

            Assert.InRange(products, int.MinValue, int.MaxValue);
            sum = MathF.FusedMultiplyAdd((float)products, both, sum);
        }

        return sum;
    }

    private static (float Scale, int[] Integers) Quantize(float[] x, int largestInteger)
    {
        if (!x.All(float.IsFinite))
        {
            return (float.NaN, new int[x.Length]);
        }

        float largest = (float)Math.Max(Math.Pow(2, -64), x.Max(value => Math.Abs((double)value)));
        float inverse = (float)((double)largestInteger / largest);
        return (
            (float)((double)largest / largestInteger),
            [.. x.Select(value => (int)Math.Round((double)(value * inverse), MidpointRounding.ToEven))]);
    }
}
