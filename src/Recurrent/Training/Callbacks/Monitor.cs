namespace Recurrent.Training;

/// <summary>Watches a metric for improvement, as Keras's callbacks do.</summary>
internal sealed class Monitor(string metric, MonitorMode mode, double minDelta)
{
    private readonly bool _higher = mode == MonitorMode.Max
        || (mode == MonitorMode.Auto && metric.Contains("accuracy", StringComparison.Ordinal));

    /// <summary>The best value so far.</summary>
    public double Best { get; set; } = double.NaN;

    public static Monitor Of(string metric, MonitorMode mode, double minDelta)
    {
        ArgumentException.ThrowIfNullOrEmpty(metric);
        Layers.Require.Defined(mode, nameof(mode));
        return new Monitor(metric, mode, Math.Abs(minDelta));
    }

    public double ValueIn(IReadOnlyDictionary<string, double> metrics) => metrics.TryGetValue(metric, out double value)
        ? value
        : throw new InvalidOperationException(
            $"{metric} is watched, but the metrics of an epoch are {string.Join(", ", metrics.Keys)}. "
            + "Metrics that begin with val_ need validation data.");

    /// <summary>Whether a value is better than the best one by more than the least difference. NaN is not.</summary>
    public bool Improves(double value) => !double.IsNaN(value) && (double.IsNaN(Best) || IsBetter(value, Best));

    /// <summary>Whether a value is better than another one by more than the least difference; never where one is NaN.</summary>
    public bool IsBetter(double value, double other) =>
        _higher ? value - minDelta > other : value + minDelta < other;
}
