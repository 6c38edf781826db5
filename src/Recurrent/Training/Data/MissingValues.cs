using System.Numerics;

namespace Recurrent.Training;

/// <summary>What is done about missing values, which are NaN.</summary>
public static class MissingValues
{
    /// <summary>Leaves out every step with a missing value. The steps around it then follow each other.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="series"><c>[steps, features]</c></param>
    /// <param name="features">Features of a step.</param>
    /// <returns>The steps that are whole.</returns>
    /// <exception cref="ArgumentException">There is not a whole number of steps.</exception>
    public static T[] Drop<T>(ReadOnlySpan<T> series, int features = 1)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int steps = TimeSeries.Steps(series.Length, features, nameof(series));
        List<T> kept = [];
        for (int i = 0; i < steps; i++)
        {
            ReadOnlySpan<T> values = series.Slice(i * features, features);
            if (IsWhole(values))
            {
                kept.AddRange(values);
            }
        }

        return [.. kept];
    }

    /// <summary>Puts the last value before a missing one in its place; at the beginning, the first value after it.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="series"><c>[steps, features]</c></param>
    /// <param name="features">Features of a step.</param>
    /// <returns>The series without missing values.</returns>
    /// <exception cref="ArgumentException">There is not a whole number of steps, or a feature without any value.</exception>
    public static T[] FillWithPrevious<T>(ReadOnlySpan<T> series, int features = 1)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        TimeSeries.Steps(series.Length, features, nameof(series));
        T[] filled = series.ToArray();
        for (int feature = 0; feature < features; feature++)
        {
            T last = T.CreateTruncating(SeriesColumn.Present(series, feature, features, nameof(series))[0]);
            for (int i = feature; i < filled.Length; i += features)
            {
                last = T.IsNaN(filled[i]) ? last : filled[i];
                filled[i] = last;
            }
        }

        return filled;
    }

    /// <summary>Puts a statistic of the training part in the place of every missing value.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="series"><c>[steps, features]</c></param>
    /// <param name="train">The training part, <c>[steps, features]</c>; it may be a part of the series.</param>
    /// <param name="statistic">Which statistic.</param>
    /// <param name="features">Features of a step.</param>
    /// <returns>The series without missing values.</returns>
    /// <exception cref="ArgumentException">There is not a whole number of steps, or a feature without any value.</exception>
    public static T[] Fill<T>(
        ReadOnlySpan<T> series, ReadOnlySpan<T> train, FillStatistic statistic, int features = 1)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Layers.Require.Defined(statistic, nameof(statistic));
        TimeSeries.Steps(series.Length, features, nameof(series));
        T[] filled = series.ToArray();
        for (int feature = 0; feature < features; feature++)
        {
            double[] values = SeriesColumn.Present(train, feature, features, nameof(train));
            T value = T.CreateTruncating(Statistic(values, statistic));
            for (int i = feature; i < filled.Length; i += features)
            {
                filled[i] = T.IsNaN(filled[i]) ? value : filled[i];
            }
        }

        return filled;
    }

    /// <summary>
    /// Puts predictions in the place of missing values: of a forecaster that is fitted on what is there of the training part,
    /// forward and backward over a gap. <see cref="PredictionFiller"/> says how, fills several parts with one fit, and fills
    /// from the past alone what a model is judged by.
    /// </summary>
    /// <param name="series"><c>[steps, features]</c></param>
    /// <param name="train">The training part, <c>[steps, features]</c>; it may be a part of the series.</param>
    /// <param name="features">Features of a step.</param>
    /// <param name="options">The forecasters; null for the defaults.</param>
    /// <returns>The series without missing values.</returns>
    /// <exception cref="ArgumentException">
    /// There is not a whole number of steps, a feature without any value, or no step to fit on or to begin from.
    /// </exception>
    public static float[] FillWithPredictions(
        ReadOnlySpan<float> series,
        ReadOnlySpan<float> train,
        int features = 1,
        PredictionFillerOptions? options = null)
    {
        using PredictionFiller filler = PredictionFiller.Fit(train, features, options);
        return filler.Fill(series);
    }

    /// <summary>
    /// Which steps of windows are there, for <see cref="Sequences{T}.WithPresent"/> and a model with masking: those without
    /// a missing value.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="series"><c>[steps, features]</c></param>
    /// <param name="features">Features of a step.</param>
    /// <returns><c>[steps]</c></returns>
    /// <exception cref="ArgumentException">There is not a whole number of steps.</exception>
    public static bool[] Mask<T>(ReadOnlySpan<T> series, int features = 1)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var present = new bool[TimeSeries.Steps(series.Length, features, nameof(series))];
        for (int i = 0; i < present.Length; i++)
        {
            present[i] = IsWhole(series.Slice(i * features, features));
        }

        return present;
    }

    private static bool IsWhole<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (T value in values)
        {
            if (T.IsNaN(value))
            {
                return false;
            }
        }

        return true;
    }

    private static double Statistic(double[] values, FillStatistic statistic)
    {
        if (statistic == FillStatistic.Mean)
        {
            return values.Average();
        }

        Array.Sort(values);
        int middle = values.Length / 2;
        return statistic == FillStatistic.Median
            ? values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
            : values.GroupBy(value => value).OrderByDescending(group => group.Count()).First().Key;
    }
}
