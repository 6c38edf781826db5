namespace Recurrent.Training;

/// <summary>
/// The inputs of a model: a number of sequences, each of as many steps or with lengths of their own. Made by
/// <see cref="Sequences"/>; nothing is copied.
/// </summary>
/// <typeparam name="T">The number type of the model.</typeparam>
public sealed class Sequences<T>
    where T : unmanaged
{
    internal Sequences(ReadOnlyMemory<T> values, ReadOnlyMemory<int> indices, int count, int features)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(features);
        int found = features == 0 ? indices.Length : values.Length;
        long row = (long)count * Math.Max(features, 1);
        if (found == 0 || found % row != 0)
        {
            throw new ArgumentException(
                $"expected [count, time, features] = [{count}, time, {Math.Max(features, 1)}], a multiple of {row} "
                + $"elements and at least one, found {found}.",
                features == 0 ? nameof(indices) : nameof(values));
        }

        Values = values;
        Indices = indices;
        Count = count;
        Features = features;
        Time = (int)(found / row);
    }

    private Sequences(Sequences<T> other)
    {
        (Values, Indices, Count, Features, Time) =
            (other.Values, other.Indices, other.Count, other.Features, other.Time);
        (Lengths, Present) = (other.Lengths, other.Present);
    }

    /// <summary><c>[Count, Time, Features]</c>; empty where there are indices.</summary>
    public ReadOnlyMemory<T> Values { get; private init; }

    /// <summary><c>[Count, Time]</c>; empty where there are features.</summary>
    public ReadOnlyMemory<int> Indices { get; private init; }

    /// <summary>Number of sequences.</summary>
    public int Count { get; private init; }

    /// <summary>Steps of a sequence, padding included.</summary>
    public int Time { get; }

    /// <summary>Features of a step; 0 for indices.</summary>
    public int Features { get; }

    /// <summary>Valid steps of each sequence, <c>[Count]</c>; empty if all are full.</summary>
    public ReadOnlyMemory<int> Lengths { get; private init; }

    /// <summary>Which steps are there, <c>[Count, Time]</c>; empty if all are, or if a mask value tells.</summary>
    public ReadOnlyMemory<bool> Present { get; private init; }

    /// <summary>The same sequences with lengths.</summary>
    /// <param name="lengths"><c>[Count]</c>, each from 0 to <see cref="Time"/>.</param>
    /// <returns>The sequences.</returns>
    /// <exception cref="ArgumentException">There are not as many lengths, or one is out of range.</exception>
    public Sequences<T> WithLengths(ReadOnlyMemory<int> lengths)
    {
        if (lengths.Length != Count)
        {
            throw new ArgumentException(
                $"{nameof(lengths)}: expected [Count] = [{Count}], found {lengths.Length} elements.", nameof(lengths));
        }

        for (int row = 0; row < lengths.Length; row++)
        {
            if (lengths.Span[row] < 0 || lengths.Span[row] > Time)
            {
                throw new ArgumentException(
                    $"{nameof(lengths)}[{row}]: expected 0 to {Time}, found {lengths.Span[row]}.", nameof(lengths));
            }
        }

        return new Sequences<T>(this) { Lengths = lengths };
    }

    /// <summary>The same sequences with steps that are not there, for a model with masking.</summary>
    /// <param name="present"><c>[Count, Time]</c></param>
    /// <returns>The sequences.</returns>
    /// <exception cref="ArgumentException">There are not as many.</exception>
    public Sequences<T> WithPresent(ReadOnlyMemory<bool> present) => present.Length == Count * Time
        ? new Sequences<T>(this) { Present = present }
        : throw new ArgumentException(
            $"{nameof(present)}: expected [Count, Time] = [{Count}, {Time}], found {present.Length} elements.",
            nameof(present));

    /// <summary>Some sequences that follow each other.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="count">How many, 1 or more.</param>
    /// <returns>The sequences, over the same memory.</returns>
    /// <exception cref="ArgumentOutOfRangeException">They are not there.</exception>
    public Sequences<T> Slice(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - first);
        return new Sequences<T>(this)
        {
            Count = count,
            Values = Features == 0 ? default : Values.Slice(first * Time * Features, count * Time * Features),
            Indices = Features == 0 ? Indices.Slice(first * Time, count * Time) : default,
            Lengths = Lengths.IsEmpty ? default : Lengths.Slice(first, count),
            Present = Present.IsEmpty ? default : Present.Slice(first * Time, count * Time),
        };
    }
}
