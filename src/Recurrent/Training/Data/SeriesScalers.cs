using System.Numerics;

namespace Recurrent.Training;

/// <summary>Fits scalers to the training part of a series.</summary>
public static class SeriesScalers
{
    /// <summary>The least value becomes 0, the largest 1 (scikit-learn <c>MinMaxScaler</c>).</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="train"><c>[steps, features]</c> of the training part.</param>
    /// <param name="features">Features of a step.</param>
    /// <returns>The scaler.</returns>
    /// <exception cref="ArgumentException">There is not a whole number of steps, or a feature without any value.</exception>
    public static SeriesScaler<T> MinMax<T>(ReadOnlySpan<T> train, int features = 1)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Fit(train, features, static values => (values.Min(), values.Max() - values.Min()));

    /// <summary>The mean becomes 0, the standard deviation (of the population) 1 (scikit-learn <c>StandardScaler</c>).</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="train"><c>[steps, features]</c> of the training part.</param>
    /// <param name="features">Features of a step.</param>
    /// <returns>The scaler.</returns>
    /// <exception cref="ArgumentException">There is not a whole number of steps, or a feature without any value.</exception>
    public static SeriesScaler<T> Standard<T>(ReadOnlySpan<T> train, int features = 1)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Fit(train, features, static values =>
        {
            double mean = values.Average();
            return (mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
        });

    private static SeriesScaler<T> Fit<T>(
        ReadOnlySpan<T> train, int features, Func<double[], (double Offset, double Scale)> statistics)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        var offsets = new double[features];
        var scales = new double[features];
        for (int feature = 0; feature < features; feature++)
        {
            double[] values = SeriesColumn.Present(train, feature, features, nameof(train));

            // Rounding of the mean can leave a deviation where there is none.
            (offsets[feature], scales[feature]) = values.Min() == values.Max() ? (values[0], 1) : statistics(values);
        }

        return new SeriesScaler<T>(offsets, scales);
    }
}
