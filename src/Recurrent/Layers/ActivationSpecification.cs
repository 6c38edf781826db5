namespace Recurrent.Layers;

/// <summary>An elementwise function of every step: <c>y = f(x)</c>. It has no state and no weights.</summary>
public sealed record ActivationSpecification : LayerSpecification
{
    /// <summary>The function <c>f</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its kind is not defined, or a parameter is not finite.</exception>
    public required Activation Activation
    {
        get;
        init => field = Require.Usable(value, nameof(Activation));
    }

    private protected override int OutputFeatures => InputSize;
}
