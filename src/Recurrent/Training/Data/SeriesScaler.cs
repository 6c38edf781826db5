using System.Numerics;

namespace Recurrent.Training;

/// <summary>
/// A factor and an offset for each feature, taken from a training part and applied to everything: nothing of the future is
/// known to what is learnt. NaN, a missing value, is left out of the statistics and stays NaN.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
public sealed class SeriesScaler<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly double[] _offsets;
    private readonly double[] _scales;

    internal SeriesScaler(double[] offsets, double[] scales)
    {
        _offsets = offsets;
        _scales = scales;
    }

    /// <summary>Features of a step.</summary>
    public int Features => _offsets.Length;

    /// <summary>What is subtracted first: the least value, or the mean.</summary>
    public IReadOnlyList<double> Offsets => _offsets;

    /// <summary>What is divided by then: the range, or the standard deviation; 1 where that is 0.</summary>
    public IReadOnlyList<double> Scales => _scales;

    /// <summary>Scales values.</summary>
    /// <param name="values"><c>[steps, features]</c></param>
    /// <returns>The scaled values.</returns>
    /// <exception cref="ArgumentException">There is not a whole number of steps.</exception>
    public T[] Transform(ReadOnlySpan<T> values)
    {
        TimeSeries.Steps(values.Length, Features, nameof(values));
        var scaled = new T[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int feature = i % Features;
            scaled[i] = T.CreateTruncating(
                (double.CreateTruncating(values[i]) - _offsets[feature]) / _scales[feature]);
        }

        return scaled;
    }

    /// <summary>Takes scaled values back to what they were.</summary>
    /// <param name="values"><c>[steps, features]</c></param>
    /// <returns>The values.</returns>
    /// <exception cref="ArgumentException">There is not a whole number of steps.</exception>
    public T[] InverseTransform(ReadOnlySpan<T> values)
    {
        TimeSeries.Steps(values.Length, Features, nameof(values));
        var original = new T[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int feature = i % Features;
            original[i] = T.CreateTruncating(
                (double.CreateTruncating(values[i]) * _scales[feature]) + _offsets[feature]);
        }

        return original;
    }
}
