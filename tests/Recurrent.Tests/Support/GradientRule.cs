using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>
/// How near to the gradients in double those in float have to be: the rule of the golden cases, with the reference in
/// float in PyTorch's place. It rounds in another order than the native kernels, but goes back over the same outputs.
/// </summary>
internal static class GradientRule
{
    private const double OtherOrder = 16;

    // A rounding of an output's gradient, which is of size 1: softmax, for one, takes differences of those.
    private const double Rounding = 1.2e-7;

    // Of products and slopes in a row; the sums over all steps, which the reference has in double, come on top.
    private const double Roundings = 32;
    private const double RoundingsOfSum = 4;

    public static void Require(
        Gradients<double> exact,
        Gradients<float> reference,
        Gradients<float> actual,
        IReadOnlyList<ParameterBlock> blocks,
        int steps,
        string what)
    {
        Part[] all =
        [
            .. exact.Parts(blocks).Zip(reference.Parts(blocks), actual.Parts(blocks)).Select(
                parts => new Part(parts.First.Name, parts.First.Values, parts.Second.Values, parts.Third.Values)),
        ];
        // An overflow is nothing to compare, nor is the NaN that it becomes further back, times a slope of 0: the
        // reference, going back in double, has numbers there.
        bool overflows = all.Any(part => !part.IsFinite);
        Part[] parts = [.. all.Where(part => part.IsFinite && part.Exact.Length > 0)];
        // A single sum may be exact by luck: how much the model amplifies roundings, others tell.
        double amplified = parts.Select(part => part.Largest == 0 ? 0 : part.Error / part.Largest).DefaultIfEmpty().Max();
        foreach (Part part in parts.Where(part => !(overflows && part.Actual.Any(float.IsNaN))))
        {
            double relative = (OtherOrder * amplified) + (Rounding * (Roundings + (RoundingsOfSum * Math.Sqrt(steps))));
            part.Require(Math.Max(Rounding, relative * part.Largest), what);
        }
    }

    private sealed record Part(string Name, double[] Exact, float[] Reference, float[] Actual)
    {
        public bool IsFinite => Exact.All(double.IsFinite) && Reference.All(float.IsFinite);

        /// <summary>How far the reference in float is from double.</summary>
        public double Error => Exact.Zip(Reference).Max(pair => Math.Abs(pair.Second - pair.First));

        public double Largest => Exact.Max(Math.Abs);

        public void Require(double allowed, string what)
        {
            int worst = Enumerable.Range(0, Exact.Length).MaxBy(i => Math.Abs(Actual[i] - Exact[i]));
            if (!(Math.Abs(Actual[worst] - Exact[worst]) <= allowed) || Actual.Any(float.IsNaN))
            {
                Assert.Fail(
                    $"{Name}, element {worst} of {Exact.Length}: expected {Exact[worst]:R}, found {Actual[worst]:R}, the "
                    + $"reference has {Reference[worst]:R}; allowed {allowed:E2}, largest {Largest:E2}, {what}");
            }
        }
    }
}
