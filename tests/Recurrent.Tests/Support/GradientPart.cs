namespace Recurrent.Tests.Support;

/// <summary>Gradients that share a tolerance, and what is known of them.</summary>
/// <param name="Name">What they are of.</param>
/// <param name="Exact">In double.</param>
/// <param name="Disturbed">In double, of models that are some roundings away.</param>
/// <param name="Reference">In float.</param>
/// <param name="Actual">Those that are to be judged.</param>
internal sealed record GradientPart(
    string Name, double[] Exact, IReadOnlyList<double[]> Disturbed, double[] Reference, double[] Actual)
{
    // Sums may overflow on their way to a number that does not.
    private const double Huge = float.MaxValue / 16;

    public double Largest => Exact.Max(Math.Abs);

    public double LargestOfReference => Reference.Max(Math.Abs);

    public bool Overflows => !Exact.Concat(Reference).All(value => Math.Abs(value) < Huge);

    /// <summary>How far the roundings of the reference take it away.</summary>
    public double ReferenceError => Distance(Exact, Reference);

    /// <summary>How far the disturbed models are away.</summary>
    public double Disturbance => Disturbed.Max(values => Distance(Exact, values));

    /// <summary>The largest difference; infinite if there is something else than numbers.</summary>
    public static double Distance(double[] expected, double[] actual)
    {
        double largest = expected.Zip(actual).Max(pair => Math.Abs(pair.Second - pair.First));
        return actual.Any(double.IsNaN) ? double.PositiveInfinity : largest;
    }

    /// <summary>Fails if the gradients are further from what is expected than allowed.</summary>
    public void Require(double[] expected, double allowed, string what)
    {
        if (Distance(expected, Actual) <= allowed)
        {
            return;
        }

        int worst = Enumerable.Range(0, expected.Length)
            .MaxBy(i => double.IsNaN(Actual[i]) ? double.PositiveInfinity : Math.Abs(Actual[i] - expected[i]));
        Assert.Fail(
            $"{Name}, element {worst} of {Exact.Length}: expected {expected[worst]:R}, found {Actual[worst]:R}; "
            + $"{Exact[worst]:R} in double, the reference in float has {Reference[worst]:R}; allowed {allowed:E2}, "
            + $"largest {Largest:E2}, {what}");
    }
}
