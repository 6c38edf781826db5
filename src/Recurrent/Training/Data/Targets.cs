namespace Recurrent.Training;

/// <summary>Makes targets of sequences from arrays.</summary>
public static class Targets
{
    /// <summary>The class of each sequence or step.</summary>
    /// <typeparam name="T">The number type of the model.</typeparam>
    /// <param name="classes"><c>[count]</c> or <c>[count, time]</c>; below 0 for one that does not count.</param>
    /// <returns>The targets.</returns>
    public static Targets<T> OfClasses<T>(ReadOnlyMemory<int> classes)
        where T : unmanaged =>
        new(classes);

    /// <summary>Numbers for every step of sequences of different lengths, padded with 0 to the longest.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="rows">Of each sequence, <c>[time of its own, features]</c>.</param>
    /// <param name="features">Features of a step.</param>
    /// <returns>The targets.</returns>
    /// <exception cref="ArgumentException">A sequence does not have a whole number of steps.</exception>
    public static Targets<T> Ragged<T>(IReadOnlyList<T[]> rows, int features = 1)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new Targets<T>((ReadOnlyMemory<T>)Sequences.Pad(rows, features, default, out _));
    }

    /// <summary>Classes for every step of sequences of different lengths, padded to the longest with -1.</summary>
    /// <typeparam name="T">The number type of the model.</typeparam>
    /// <param name="rows">Of each sequence.</param>
    /// <returns>The targets.</returns>
    public static Targets<T> RaggedClasses<T>(IReadOnlyList<int[]> rows)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new Targets<T>((ReadOnlyMemory<int>)Sequences.Pad(rows, 1, -1, out _));
    }
}
