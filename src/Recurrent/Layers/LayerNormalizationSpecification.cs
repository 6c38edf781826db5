namespace Recurrent.Layers;

/// <summary>
/// Normalizes the features of every step (Ba et al. 2016): <c>y[j] = s[j] (x[j] - m) / sqrt(v + Epsilon) + b[j]</c>, <c>m</c> and
/// <c>v</c> being their mean and their variance, the mean of the squared differences. It has no state.
/// </summary>
public sealed record LayerNormalizationSpecification : LayerSpecification
{
    /// <summary>What is added to the variance, 0 or more: Keras has 1e-3, PyTorch and ONNX have 1e-5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float Epsilon
    {
        get;
        init => field = Require.Within(value, 0, float.MaxValue, nameof(Epsilon));
    } = 1e-5f;

    private protected override int OutputFeatures => InputSize;
}
