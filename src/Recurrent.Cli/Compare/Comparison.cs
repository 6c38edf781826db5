namespace Recurrent.Cli.Compare;

/// <summary>Two outputs, compared as a whole, by feature and by step.</summary>
internal sealed class Comparison
{
    private readonly int _batch;
    private readonly double[] _left;
    private readonly double[] _right;

    /// <summary>Compares outputs of one shape.</summary>
    /// <param name="left">One output, <c>[time, batch, features]</c>.</param>
    /// <param name="right">The other one.</param>
    /// <param name="time">Steps.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="features">Features of a step.</param>
    public Comparison(double[] left, double[] right, int time, int batch, int features)
    {
        _left = left;
        _right = right;
        _batch = batch;
        Features = [.. Enumerable.Range(0, features).Select(_ => new Difference())];
        Steps = [.. Enumerable.Range(0, time).Select(_ => new Difference())];
        for (int i = 0; i < left.Length; i++)
        {
            Total.Add(i, left[i], right[i]);
            Features[i % features].Add(i, left[i], right[i]);
            Steps[StepOf(i)].Add(i, left[i], right[i]);
            LargestValue = double.IsFinite(left[i]) ? Math.Max(LargestValue, Math.Abs(left[i])) : LargestValue;
        }
    }

    public Difference Total { get; } = new();

    /// <summary>
    /// Values with other bits, of doubles that were floats: a zero's sign counts, and every NaN is like another.
    /// </summary>
    public int DifferentBits => _left.Zip(_right).Count(pair => double.IsNaN(pair.First)
        ? !double.IsNaN(pair.Second)
        : BitConverter.DoubleToInt64Bits(pair.First) != BitConverter.DoubleToInt64Bits(pair.Second));

    public IReadOnlyList<Difference> Features { get; }

    public IReadOnlyList<Difference> Steps { get; }

    /// <summary>The largest finite absolute value of the left output, for scale.</summary>
    public double LargestValue { get; }

    public int StepOf(int index) => index / (_batch * Features.Count);

    public int SequenceOf(int index) => index / Features.Count % _batch;

    public int FeatureOf(int index) => index % Features.Count;

    public (double Left, double Right) Values(int index) => (_left[index], _right[index]);

    /// <summary>The first step whose difference is above a tolerance; null if there is none.</summary>
    public int? FirstBeyond(double tolerance)
    {
        for (int step = 0; step < Steps.Count; step++)
        {
            if (Steps[step].Largest > tolerance)
            {
                return step;
            }
        }

        return null;
    }

    /// <summary>Ranges of steps that cover all of them.</summary>
    /// <param name="most">How many ranges at most.</param>
    /// <returns>First and last step of each range, its largest and its mean difference.</returns>
    public IEnumerable<(int First, int Last, double Largest, double Mean)> Ranges(int most)
    {
        int length = Math.Max(1, (Steps.Count + most - 1) / most);
        for (int first = 0; first < Steps.Count; first += length)
        {
            Difference[] range = [.. Steps.Skip(first).Take(length)];
            yield return (
                first, first + range.Length - 1, range.Max(step => step.Largest), range.Average(step => step.Mean));
        }
    }
}
