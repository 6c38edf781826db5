using System.Numerics;

namespace Recurrent.Training;

internal static class SeriesColumn
{
    /// <summary>The values of one feature that are there.</summary>
    public static double[] Present<T>(ReadOnlySpan<T> series, int feature, int features, string argument)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        TimeSeries.Steps(series.Length, features, argument);
        List<double> values = [];
        for (int i = feature; i < series.Length; i += features)
        {
            if (!T.IsNaN(series[i]))
            {
                values.Add(double.CreateTruncating(series[i]));
            }
        }

        return values.Count > 0
            ? [.. values]
            : throw new ArgumentException($"{argument}: expected a value of feature {feature}, found none.", argument);
    }
}
