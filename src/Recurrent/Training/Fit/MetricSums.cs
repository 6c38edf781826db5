namespace Recurrent.Training;

/// <summary>
/// The loss and metrics of an epoch so far: sums over the positions that count, so that batches of any size weigh right.
/// </summary>
internal sealed class MetricSums(IReadOnlyList<Metric> metrics)
{
    private const int Loss = 0;
    private const int Counted = 1;
    private const int FirstMetric = 2;

    private readonly double[] _sums = new double[FirstMetric + metrics.Count];

    public ReadOnlySpan<double> Values => _sums;

    public double MeanLoss => _sums[Loss] / Math.Max(_sums[Counted], 1);

    public void Clear() => Array.Clear(_sums);

    public void Restore(ReadOnlySpan<double> values) => values.CopyTo(_sums);

    public void Add<T>(BatchComputer<T> computer, double loss)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        _sums[Loss] += loss * computer.Batch.Counted;
        _sums[Counted] += computer.Batch.Counted;
        for (int i = 0; i < metrics.Count; i++)
        {
            _sums[FirstMetric + i] += computer.Sum(metrics[i]);
        }
    }

    /// <summary>Puts loss and metrics where a history wants them.</summary>
    public void Report(Dictionary<string, double> report, string prefix)
    {
        report[prefix + "loss"] = MeanLoss;
        for (int i = 0; i < metrics.Count; i++)
        {
            double mean = _sums[FirstMetric + i] / Math.Max(_sums[Counted], 1);
            report[prefix + metrics[i].Name] = metrics[i].Finish(mean);
        }
    }
}
