namespace Recurrent.Training;

/// <summary>Makes the inputs of a model from arrays, with their number type told by the arguments.</summary>
public static class Sequences
{
    /// <summary>Sequences of features.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values"><c>[count, time, features]</c>. Not copied.</param>
    /// <param name="count">Number of sequences.</param>
    /// <param name="features">Features of a step.</param>
    /// <returns>The sequences.</returns>
    /// <exception cref="ArgumentException">There are not as many values as a whole number of steps has.</exception>
    public static Sequences<T> Of<T>(ReadOnlyMemory<T> values, int count, int features = 1)
        where T : unmanaged =>
        new(values, default, count, features);

    /// <inheritdoc cref="Of{T}(ReadOnlyMemory{T}, int, int)"/>
    public static Sequences<T> Of<T>(T[] values, int count, int features = 1)
        where T : unmanaged =>
        Of((ReadOnlyMemory<T>)values, count, features);

    /// <summary>Sequences of indices, for a model that begins with an embedding.</summary>
    /// <typeparam name="T">The number type of the model.</typeparam>
    /// <param name="indices"><c>[count, time]</c>. Not copied.</param>
    /// <param name="count">Number of sequences.</param>
    /// <returns>The sequences.</returns>
    /// <exception cref="ArgumentException">There are not as many indices as a whole number of steps has.</exception>
    public static Sequences<T> OfIndices<T>(ReadOnlyMemory<int> indices, int count)
        where T : unmanaged =>
        new(default, indices, count, 0);

    /// <summary>
    /// Sequences of different lengths, padded with 0 to the longest. A batch goes as far as its own longest one.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="rows">Each sequence, <c>[time of its own, features]</c>.</param>
    /// <param name="features">Features of a step.</param>
    /// <returns>The sequences, with their lengths.</returns>
    /// <exception cref="ArgumentException">A sequence does not have a whole number of steps, or none has any.</exception>
    public static Sequences<T> Ragged<T>(IReadOnlyList<T[]> rows, int features = 1)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(rows);
        T[] values = Pad(rows, features, default, out int[] lengths);
        return Of(values, rows.Count, features).WithLengths(lengths);
    }

    /// <summary>Sequences of indices of different lengths, padded with index 0 to the longest.</summary>
    /// <typeparam name="T">The number type of the model.</typeparam>
    /// <param name="rows">Each sequence.</param>
    /// <returns>The sequences, with their lengths.</returns>
    /// <exception cref="ArgumentException">None has any step.</exception>
    public static Sequences<T> RaggedIndices<T>(IReadOnlyList<int[]> rows)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(rows);
        int[] indices = Pad(rows, 1, 0, out int[] lengths);
        return OfIndices<T>(indices, rows.Count).WithLengths(lengths);
    }

    internal static T[] Pad<T>(IReadOnlyList<T[]> rows, int features, T padding, out int[] lengths)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        lengths = new int[rows.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            ArgumentNullException.ThrowIfNull(rows[row], $"{nameof(rows)}[{row}]");
            lengths[row] = rows[row].Length % features == 0
                ? rows[row].Length / features
                : throw new ArgumentException(
                    $"{nameof(rows)}[{row}]: expected a multiple of {features} features, found {rows[row].Length} values.",
                    nameof(rows));
        }

        int size = lengths.DefaultIfEmpty().Max() * features;
        var values = new T[checked(rows.Count * size)];
        Array.Fill(values, padding);
        for (int row = 0; row < rows.Count; row++)
        {
            rows[row].CopyTo(values, row * size);
        }

        return values;
    }
}
