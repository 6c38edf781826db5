using System.Numerics;

namespace Recurrent.Reference;

/// <summary>
/// Which elements of one kind are dropped: a function of a seed and of the element's place alone, so that neither the
/// order of computation nor the number of threads matters. docs/numerics.md has the formula.
/// </summary>
internal readonly struct DropoutMask
{
    // The increment of SplitMix64 (Steele, Lea and Flood 2014): 2^64 divided by the golden ratio, odd.
    private const ulong Increment = 0x9E3779B97F4A7C15;
    private const float HashValues = 1 << 24;

    private readonly ulong _key;
    private readonly ulong _dropped;
    private readonly float _factor;

    /// <summary>Makes the mask of a batch.</summary>
    /// <param name="seed">The batch's number.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="purpose">What is dropped.</param>
    /// <param name="isReverse">Whether it is the reverse direction's state.</param>
    /// <param name="rate">From 0 up to but not including 1.</param>
    public DropoutMask(ulong seed, int layer, DropoutPurpose purpose, bool isReverse, float rate)
    {
        ulong stream = ((ulong)layer * 8) + ((ulong)purpose * 2) + (isReverse ? 1ul : 0ul);
        _key = Mix(unchecked(seed + (Increment * (1 + stream))));
        _dropped = (ulong)(rate * HashValues);
        _factor = 1f / (1f - rate);
    }

    /// <summary>A value, or the gradient of one, behind the mask: 0 whatever it was, or scaled up to keep the mean.</summary>
    public T Apply<T>(T value, long element)
        where T : IFloatingPointIeee754<T> => Drops(element) ? T.Zero : value * T.CreateChecked(_factor);

    /// <summary>Applies the mask to elements that follow each other.</summary>
    public void Apply<T>(Span<T> values, long firstElement)
        where T : IFloatingPointIeee754<T>
    {
        for (int j = 0; j < values.Length && _dropped != 0; j++)
        {
            values[j] = Apply(values[j], firstElement + j);
        }
    }

    private bool Drops(long element) =>
        Mix(unchecked(_key + (Increment * (1 + (ulong)element)))) >> 40 < _dropped;

    /// <summary>The finalizer of SplitMix64.</summary>
    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
