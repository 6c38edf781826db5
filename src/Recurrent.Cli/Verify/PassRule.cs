using System.Globalization;

namespace Recurrent.Cli.Verify;

/// <summary>What became of one tensor of a case.</summary>
/// <param name="Tensor">Its name.</param>
/// <param name="Error">Largest difference over the elements whose expected value is finite.</param>
/// <param name="Allowed">What it may be.</param>
/// <param name="Failure">What is wrong and where, or null if the tensor passed.</param>
internal sealed record TensorResult(string Tensor, double Error, double Allowed, string? Failure)
{
    public bool Passed => Failure is null;

    /// <summary>Whether the error decides: not where what was recorded is of another format.</summary>
    public bool IsJudged => double.IsFinite(Allowed);

    /// <summary>The error in units of what is allowed; 0 where neither is.</summary>
    public double Share => Error == 0 ? 0 : Error / Allowed;

    /// <summary>What decides which of several is shown: the share, or of those that are not judged the error if it is finite.</summary>
    public double Weight => IsJudged ? Share : double.IsFinite(Error) ? Error : 0;
}

/// <summary>
/// When a result passes, tensor by tensor. Over the elements whose float64 value is finite, the largest error is at
/// most <c>max(TorchFactor * PyTorch's own float32 error, Relative * largest |float64|, Absolute)</c>; where that
/// largest value is below <c>Tiny</c>, the result is at most <c>Tiny</c>. NaN has to meet NaN, an infinity the same
/// infinity.
/// </summary>
/// <param name="TorchFactor">How much of PyTorch's error is allowed.</param>
/// <param name="Relative">What is allowed of the largest expected value.</param>
/// <param name="Tiny">What is left of a tensor of denormals.</param>
/// <param name="Absolute">What is always allowed.</param>
internal sealed record PassRule(double TorchFactor, double Relative, double Tiny, double Absolute = 0)
{
    /// <summary>For a float32 result: the rule of the golden format.</summary>
    public static PassRule Single { get; } = new(TorchFactor: 16, Relative: 2e-6, Tiny: 1e-37);

    /// <summary>
    /// For a float64 result. PyTorch's float32 error times 2^-29, the ratio of the two precisions, says how much a case
    /// amplifies rounding errors; its float64 run has that error itself. Sizes near
    /// the smallest normal number count as zero: where an exponential underflows, one library has 0 and another a denormal.
    /// </summary>
    public static PassRule Double { get; } = new(TorchFactor: 16.0 / (1 << 29), Relative: 1e-12, Tiny: 1e-300);

    /// <summary>For a float64 result where what is known was rounded to float32.</summary>
    public static PassRule Rounded { get; } = Double with { Relative = 1.0 / (1 << 24) };

    public TensorResult Check(ExpectedTensor expected, ReadOnlySpan<double> actual)
    {
        if (actual.Length != expected.Values.Length)
        {
            return new TensorResult(
                expected.Name, double.PositiveInfinity, 0,
                $"expected {expected.Values.Length} values, found {actual.Length}");
        }

        double largest = 0;
        foreach (double value in expected.Values)
        {
            largest = double.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        }

        bool tiny = largest < Tiny;
        double allowed = tiny ? Tiny : Math.Max(Math.Max(TorchFactor * expected.TorchError, Relative * largest), Absolute);
        double worst = 0;
        int failedAt = -1;
        for (int i = 0; i < actual.Length; i++)
        {
            if (!double.IsFinite(expected.Values[i]))
            {
                // Equals, unlike ==, has NaN equal to NaN.
                failedAt = failedAt < 0 && !actual[i].Equals(expected.Values[i]) ? i : failedAt;
                continue;
            }

            double error = Math.Abs(tiny ? actual[i] : actual[i] - expected.Values[i]);
            if (!(error <= worst))
            {
                worst = double.IsNaN(error) ? double.PositiveInfinity : error;
                failedAt = worst > allowed ? i : failedAt;
            }
        }

        string? failure = failedAt < 0 ? null : Describe(expected, actual, failedAt);
        return new TensorResult(expected.Name, worst, allowed, failure);
    }

    private static string Describe(ExpectedTensor expected, ReadOnlySpan<double> actual, int index) => string.Create(
        CultureInfo.InvariantCulture,
        $"expected {expected.Values[index]:G9} at [{Position(expected.Shape, index)}], found {actual[index]:G9}");

    private static string Position(IReadOnlyList<long> shape, long index)
    {
        var position = new long[shape.Count];
        for (int axis = shape.Count - 1; axis >= 0; axis--)
        {
            (index, position[axis]) = Math.DivRem(index, shape[axis]);
        }

        return string.Join(", ", position);
    }
}
