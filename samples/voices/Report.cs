using OpenTelemetry.Metrics;

namespace Voices;

/// <summary>Numbers out of what a meter has exported.</summary>
internal sealed class Report(List<Metric> metrics)
{
    public double Sum(string name)
    {
        double sum = 0;
        foreach (MetricPoint point in Points(name))
        {
            sum += point.GetSumLong();
        }

        return sum;
    }

    public double Mean(string name)
    {
        foreach (MetricPoint point in Points(name))
        {
            return point.GetHistogramCount() == 0 ? 0 : point.GetHistogramSum() / point.GetHistogramCount();
        }

        return 0;
    }

    /// <summary>The upper bound of the class that has the quantile.</summary>
    public double Quantile(string name, double part)
    {
        foreach (MetricPoint point in Points(name))
        {
            double wanted = part * point.GetHistogramCount();
            long seen = 0;
            foreach (HistogramBucket bucket in point.GetHistogramBuckets())
            {
                seen += bucket.BucketCount;
                if (seen >= wanted && seen > 0)
                {
                    return bucket.ExplicitBound;
                }
            }
        }

        return 0;
    }

    private List<MetricPoint> Points(string name)
    {
        List<MetricPoint> points = [];
        foreach (Metric metric in metrics.Where(metric => metric.Name == name))
        {
            foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
            {
                points.Add(point);
            }
        }

        return points;
    }
}
