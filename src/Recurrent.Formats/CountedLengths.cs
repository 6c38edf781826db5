using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>
/// A rule by which a file makes lengths of rows of an input: a row is as long as it has steps that do not hold a certain
/// value, wherever these stand. It is no mask: values in front or between make the row shorter at its end.
/// </summary>
/// <param name="Input">The input whose steps are counted, by its name in the file.</param>
/// <param name="Missing">The value of a step that does not count: an index, or what all its features are.</param>
/// <param name="ModelInput">Index of that input among those of the model; -1 if the model has no such input.</param>
public sealed record CountedLengths(string Input, float Missing, int ModelInput)
{
    /// <summary>The lengths, for <see cref="SequenceMask.Lengths"/>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The input: <c>[time, batch, features]</c>, or as the layout says.</param>
    /// <param name="time">Time steps.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="layout">The order of the axes.</param>
    /// <returns>One length for each row.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    /// <exception cref="ArgumentException">There are not as many values as the sizes ask for.</exception>
    public int[] Count<T>(ReadOnlySpan<T> values, int time, int batch, SequenceLayout layout)
        where T : struct, System.Numerics.INumber<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(time);
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        long steps = (long)time * batch;
        if (steps == 0 ? values.Length > 0 : values.Length % steps != 0)
        {
            throw new ArgumentException(
                $"values: expected a multiple of [time, batch] = [{time}, {batch}], found {values.Length} elements.", nameof(values));
        }

        T missing = T.CreateSaturating(Missing);
        int[] lengths = new int[batch];
        int features = steps == 0 ? 0 : (int)(values.Length / steps);
        for (int step = 0; step < steps; step++)
        {
            int row = layout == SequenceLayout.BatchMajor ? step / time : step % batch;
            lengths[row] += values.Slice(step * features, features).ContainsAnyExcept(missing) ? 1 : 0;
        }

        return lengths;
    }
}
