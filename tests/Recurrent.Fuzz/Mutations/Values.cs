using System.Globalization;
using System.Text;

namespace Recurrent.Fuzz.Mutations;

/// <summary>What readers stumble over.</summary>
internal static class Values
{
    private static readonly long[] Boundaries =
    [
        0, 1, 2, 3, 4, 7, 8, 16, 127, 128, 255, 256, 65535, 65536, 1 << 20, (1 << 24) + 1, int.MaxValue - 1, int.MaxValue,
        1L << 31, uint.MaxValue, 1L << 32, (1L << 40) + 1, 1L << 52, long.MaxValue / 8, long.MaxValue - 7, long.MaxValue,
        -1, -2, -8, int.MinValue, long.MinValue,
    ];

    private static readonly string[] Texts =
    [
        "", " ", "0", "-1", "1e999", "-1e-999", "99999999999999999999", "0.5", "NaN", "Infinity", "null", "true", "\\", "\"",
        "../../etc/passwd", "/dev/zero", "a/b", ".", "\0", "\uFEFF", "é\u0301😀", "\u2028", "%s%n", "LSTM", "GRU", "Add",
        "weight_ih_l0", "lstm.weight_ih_l0", "bias_hh_l9999", "int64", "float32",
        new string('9', 400), new string('x', 70_000),
    ];

    /// <summary>A number at the edge of something.</summary>
    public static long Boundary(Random random) => random.Next(4) == 0
        ? random.NextInt64(-300, 300)
        : Boundaries[random.Next(Boundaries.Length)];

    /// <summary>A number that is near another one, or at the edge of something.</summary>
    public static long Near(long value, Random random) => random.Next(3) switch
    {
        0 => unchecked(value + random.Next(-2, 3)),
        1 => unchecked(value * random.Next(-1, 9)),
        _ => Boundary(random),
    };

    public static string Text(Random random) => random.Next(4) == 0
        ? Boundary(random).ToString(CultureInfo.InvariantCulture)
        : Texts[random.Next(Texts.Length)];

    public static byte[] Utf8(Random random) => Encoding.UTF8.GetBytes(Text(random));
}
