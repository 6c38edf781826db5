namespace Recurrent.Cli.Compare;

/// <summary>How far values are from others: a running summary.</summary>
/// <remarks>
/// NaN equals NaN and an infinity its like; a value that is finite on one side only is infinitely far. Those count for the
/// largest difference, not for the mean.
/// </remarks>
internal sealed class Difference
{
    private double _sum;
    private double _signal;
    private double _noise;
    private long _finite;

    /// <summary>Values that were compared.</summary>
    public long Count { get; private set; }

    /// <summary>Values that are not equal.</summary>
    public long Different { get; private set; }

    /// <summary>The largest absolute difference.</summary>
    public double Largest { get; private set; }

    /// <summary>The mean absolute difference.</summary>
    public double Mean => _finite == 0 ? 0 : _sum / _finite;

    /// <summary>
    /// Decibels of the left values over the differences, of pairs that are both finite; infinite where none differ.
    /// </summary>
    public double SignalToNoise => _noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(_signal / _noise);

    /// <summary>Index of the first value that is not equal; -1 if all are.</summary>
    public int First { get; private set; } = -1;

    /// <summary>Index of the value that differs most; -1 if all are equal.</summary>
    public int LargestAt { get; private set; } = -1;

    /// <summary>The absolute difference of two values.</summary>
    public static double Between(double left, double right)
    {
        // Equals, unlike ==, has NaN equal to NaN.
        double difference = left.Equals(right) ? 0 : Math.Abs(left - right);
        return double.IsNaN(difference) ? double.PositiveInfinity : difference;
    }

    /// <summary>Counts a pair of values in.</summary>
    public void Add(int index, double left, double right)
    {
        double difference = Between(left, right);
        Count++;
        if (double.IsFinite(difference))
        {
            _sum += difference;
            _finite++;
            _noise += difference * difference;
            _signal += double.IsFinite(left) ? left * left : 0;
        }

        if (difference == 0)
        {
            return;
        }

        Different++;
        First = First < 0 ? index : First;
        if (difference > Largest)
        {
            Largest = difference;
            LargestAt = index;
        }
    }
}
