namespace Recurrent.Training;

/// <summary>
/// The random numbers of training: SplitMix64 (Steele, Lea &amp; Flood 2014), written down here so that a seed means the
/// same numbers with every version of .NET. Not for cryptography, and for one thread at a time.
/// </summary>
/// <remarks>
/// The state grows by 0x9E3779B97F4A7C15 and is mixed by the finalizer <c>z ^= z >> 30; z *= 0xBF58476D1CE4E5B9;
/// z ^= z >> 27; z *= 0x94D049BB133111EB; z ^= z >> 31</c>. Normal numbers go through the platform's logarithm and cosine,
/// whose last bits may differ between platforms; all else is exact.
/// </remarks>
/// <param name="seed">Where it starts.</param>
public sealed class SeededRandom(ulong seed)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>A generator for one of many uses of the same seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">Which use: other streams give other numbers.</param>
    public SeededRandom(ulong seed, ulong stream)
        : this(Combine(seed, stream))
    {
    }

    /// <summary>64 random bits.</summary>
    /// <returns>The bits.</returns>
    public ulong NextBits() => Mix(_state += Increment);

    /// <summary>A number from 0 up to but not including 1, uniform in steps of 2^-53.</summary>
    /// <returns>The number.</returns>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A standard normal number (Box &amp; Muller 1958).</summary>
    /// <returns>The number.</returns>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>A whole number from 0 up to but not including a bound, each as likely as the others.</summary>
    /// <param name="bound">The bound, 1 or more.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bound is below 1.</exception>
    public int NextBelow(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);

        // Lemire 2019: the high half of the product, without the few low halves that some numbers have more often.
        ulong range = (ulong)bound;
        ulong excess = (0 - range) % range;
        ulong high;
        ulong low;
        do
        {
            high = Math.BigMul(NextBits(), range, out low);
        }
        while (low < excess);
        return (int)high;
    }

    /// <summary>Puts values into a random order (Fisher &amp; Yates), every order as likely as the others.</summary>
    /// <param name="values">The values.</param>
    public void Shuffle(Span<int> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int other = NextBelow(i + 1);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }

    internal static ulong Combine(ulong seed, ulong stream) => Mix(seed + (Increment * (1 + stream)));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
