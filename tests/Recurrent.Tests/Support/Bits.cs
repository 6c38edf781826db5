namespace Recurrent.Tests.Support;

/// <summary>Equality of floats as the numerics define it: bit by bit, all NaNs equal.</summary>
internal static class Bits
{
    public static bool Same(float a, float b) =>
        BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));

    /// <summary>Fails with the first difference, its index in the shape, and how many there are.</summary>
    public static void RequireSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what, int features)
    {
        Assert.Equal(expected.Length, actual.Length);
        int first = -1;
        int count = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!Same(expected[i], actual[i]))
            {
                first = count++ == 0 ? i : first;
            }
        }

        if (count > 0)
        {
            Assert.Fail(
                $"{what}: {count} of {expected.Length} elements differ; the first is feature {first % features} of row "
                + $"{first / features}: expected {Show(expected[first])}, found {Show(actual[first])}.");
        }
    }

    private static string Show(float value) => $"{value:R} (0x{BitConverter.SingleToUInt32Bits(value):X8})";
}
