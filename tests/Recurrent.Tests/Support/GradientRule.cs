using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>
/// How near to the gradients in double those in float have to be: the rule of the golden cases, with the reference in
/// float in PyTorch's place. It rounds in another order than the native kernels, but goes back over the same outputs.
/// </summary>
internal static class GradientRule
{
    private const double OtherOrder = 16;
    private const double Relative = 4e-6;

    // A rounding of an output's gradient, which is of size 1: softmax, for one, takes differences of those.
    private const double Rounding = 1.2e-7;

    public static void Require(
        Gradients<double> exact,
        Gradients<float> reference,
        Gradients<float> actual,
        IReadOnlyList<ParameterBlock> blocks,
        string what)
    {
        foreach (((string name, double[] e), (_, float[] r), (_, float[] a)) in
            exact.Parts(blocks).Zip(reference.Parts(blocks), actual.Parts(blocks)))
        {
            Require(e, r, a, $"{name}, {what}");
        }
    }

    private static void Require(double[] exact, float[] reference, float[] actual, string what)
    {
        // An overflow is nothing to compare.
        int[] finite = [.. Enumerable.Range(0, exact.Length).Where(i => double.IsFinite(exact[i]) && float.IsFinite(reference[i]))];
        if (finite.Length < exact.Length || finite.Length == 0)
        {
            return;
        }

        double error = finite.Max(i => Math.Abs(reference[i] - exact[i]));
        double largest = finite.Max(i => Math.Abs(exact[i]));
        double allowed = Math.Max(Rounding, Math.Max(OtherOrder * error, Relative * largest));
        int worst = finite.MaxBy(i => Math.Abs(actual[i] - exact[i]));
        if (!(Math.Abs(actual[worst] - exact[worst]) <= allowed) || actual.Any(float.IsNaN))
        {
            Assert.Fail(
                $"element {worst} of {exact.Length}: expected {exact[worst]:R}, found {actual[worst]:R}, the reference has "
                + $"{reference[worst]:R}; allowed {allowed:E2}, largest {largest:E2}, {what}");
        }
    }
}
