using Recurrent.Training;

namespace Recurrent.Demo;

/// <summary>
/// The yearly sunspot numbers as a task: the next year from the ten before it, the last fifth of the years to be judged
/// by. Scaled by the years before alone.
/// </summary>
internal sealed class SunspotTask
{
    public const int FirstYear = 1700;
    public const int Window = 10;

    public SunspotTask(string data)
    {
        IEnumerable<string> lines = File.ReadLines(Path.Combine(data, "sunspots_yearly_1700_2008.csv"));
        Series = [.. lines.Skip(1).Select(float.Parse)];
        (float[] train, float[] test) = TimeSeries.Split<float>(Series, 0.8, context: Window);
        Train = train;
        Scaler = SeriesScalers.MinMax<float>(train);
        (X, Y) = TimeSeries.Windows<float>(Scaler.Transform(train), Window);
        (TestX, TestY) = TimeSeries.Windows<float>(Scaler.Transform(test), Window);
    }

    public float[] Series { get; }

    /// <summary>The years before the last fifth.</summary>
    public float[] Train { get; }

    public SeriesScaler<float> Scaler { get; }

    public Sequences<float> X { get; }

    public Targets<float> Y { get; }

    public Sequences<float> TestX { get; }

    public Targets<float> TestY { get; }

    /// <summary>The error of forecasting no change.</summary>
    public double PersistenceError
    {
        get
        {
            float[] last = [.. TestX.Values.ToArray().Where((_, i) => i % Window == Window - 1)];
            return last.Zip(TestY.Values.ToArray(), (value, target) => Math.Pow((double)value - target, 2)).Average();
        }
    }
}
