namespace Recurrent.Cli.Inspect;

/// <summary>Measured times of a step, microseconds.</summary>
/// <param name="Samples">How many samples there are.</param>
/// <param name="Median">The median.</param>
/// <param name="Percentile99">What 99 of 100 samples do not exceed.</param>
/// <param name="ControlMedian">The median of an empty loop of the same length.</param>
/// <param name="ControlPercentile99">Its p99, which tells how busy the machine was.</param>
internal sealed record StepTimes(
    long Samples, double Median, double Percentile99, double ControlMedian, double ControlPercentile99);
