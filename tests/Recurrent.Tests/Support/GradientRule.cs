using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>
/// How near to the gradients in double those in float have to be. What roundings do to a model is measured, part by part:
/// by the reference in float, which goes back over the same outputs, and by how far gradients move when all parameters and
/// all gradients of the loss are a rounding away.
/// </summary>
internal static class GradientRule
{
    // How much more than measured: the native kernels round every product, slope and sum.
    private const double Slack = 16;

    // A rounding of an output's gradient, which is of size 1: softmax, for one, takes differences of those.
    private const double Rounding = 1.2e-7;

    // Of products and slopes in a row; the sums over all steps, which the reference has in double, come on top.
    private const double Roundings = 32;
    private const double RoundingsOfSum = 4;

    public static void Require(
        Gradients<double> exact,
        IReadOnlyList<Gradients<double>> disturbed,
        Gradients<float> reference,
        Gradients<float> actual,
        IReadOnlyList<ParameterBlock> blocks,
        int steps,
        string what)
    {
        Part[] parts =
        [
            .. exact.Parts(blocks).Zip(reference.Parts(blocks), actual.Parts(blocks)).Select((part, index) => new Part(
                part.First.Name,
                part.First.Values,
                [.. disturbed.Select(gradients => gradients.Parts(blocks).ElementAt(index).Values)],
                part.Second.Values,
                part.Third.Values)),
        ];
        // An overflow is nothing to compare, nor is the NaN that it becomes further back, times a slope of 0: the
        // reference, going back in double, has numbers there.
        bool overflows = parts.Any(part => part.Overflows);
        foreach (Part part in parts.Where(part => part.Exact.Length > 0 && !part.Overflows))
        {
            if (!overflows || !part.Actual.Any(float.IsNaN))
            {
                double roundings = Rounding * (Roundings + (RoundingsOfSum * Math.Sqrt(steps)));
                part.Require(Math.Max(Rounding, (Slack * part.Amplified) + (roundings * part.Largest)), what);
            }
        }
    }

    private sealed record Part(
        string Name, double[] Exact, IReadOnlyList<double[]> Disturbed, float[] Reference, float[] Actual)
    {
        // Sums may overflow on their way to a number that does not.
        private const double Huge = float.MaxValue / 16;

        public double Largest => Exact.Max(Math.Abs);

        public bool Overflows => !(Exact.All(value => Math.Abs(value) < Huge) && Reference.All(float.IsFinite));

        /// <summary>How far roundings take the gradients away.</summary>
        public double Amplified => Distance(Reference) + Disturbed.Max(Distance);

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

        private double Distance(float[] values) => Exact.Zip(values).Max(pair => Math.Abs(pair.Second - pair.First));

        private double Distance(double[] values) => Exact.Zip(values).Max(pair => Math.Abs(pair.Second - pair.First));
    }
}
