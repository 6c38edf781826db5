using Recurrent.Cli.Bench;

namespace Recurrent.Cli.Tests.Bench;

/// <summary>Percentiles against the sorted samples.</summary>
public sealed class LatencyHistogramTests
{
    private const double Precision = 1.0 / 256;

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public void Percentiles_are_those_of_the_sorted_samples(int block)
    {
        Random random = new(1);
        var histogram = new LatencyHistogram(block);
        // Over all magnitudes: from a few nanoseconds to minutes.
        long[] samples = [.. Enumerable.Range(0, 5000).Select(_ => (long)Math.Pow(2, 37 * random.NextDouble()))];
        foreach (long sample in samples)
        {
            histogram.Add(sample);
        }

        Array.Sort(samples);
        Assert.Equal((double)samples[0] / block, histogram.Percentile(0));
        Assert.Equal((double)samples[^1] / block, histogram.Percentile(1));
        foreach (double share in new[] { 0.001, 0.1, 0.5, 0.9, 0.99, 0.999 })
        {
            double exact = (double)samples[(int)Math.Ceiling(share * samples.Length) - 1] / block;
            Assert.InRange(histogram.Percentile(share), exact * (1 - Precision), exact * (1 + Precision));
        }
    }

    [Fact]
    public void Small_values_are_exact()
    {
        var histogram = new LatencyHistogram(1);
        foreach (int sample in Enumerable.Range(0, 101))
        {
            histogram.Add(sample);
        }

        Assert.Equal(50, histogram.Percentile(0.5));
        Assert.Equal(90, histogram.Percentile(0.9));
        Assert.Equal(101, histogram.Buckets().Sum(bucket => bucket.Count));
    }

    [Fact]
    public void One_sample_is_every_percentile()
    {
        var histogram = new LatencyHistogram(1);
        histogram.Add(123_456_789);
        Assert.All([0, 0.5, 0.999, 1], share => Assert.Equal(123_456_789, histogram.Percentile(share)));
    }

    [Fact]
    public void The_largest_and_impossible_values_are_kept_in_range()
    {
        var histogram = new LatencyHistogram(1);
        histogram.Add(long.MaxValue);
        histogram.Add(-5);
        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Minimum);
        Assert.Equal(long.MaxValue, histogram.Maximum);
    }

    [Fact]
    public void The_longest_sample_keeps_when_it_began()
    {
        var histogram = new LatencyHistogram(1);
        foreach ((long nanoseconds, long timestamp) in new[] { (5L, 10L), (9, 20), (7, 30), (9, 40) })
        {
            histogram.Add(nanoseconds, timestamp);
        }

        Assert.Equal(20, histogram.MaximumTimestamp);
        histogram.Clear();
        Assert.Equal(0, histogram.MaximumTimestamp);
    }

    [Fact]
    public void Cleared_it_holds_nothing()
    {
        var histogram = new LatencyHistogram(1);
        histogram.Add(1000);
        histogram.Clear();
        Assert.Equal(0, histogram.Count);
        Assert.Empty(histogram.Buckets());
        Assert.True(double.IsNaN(histogram.Percentile(0.5)));
    }
}
