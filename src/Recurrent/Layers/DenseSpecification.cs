namespace Recurrent.Layers;

/// <summary>A dense layer, applied to every step: <c>y = f(b + V x)</c>. It has no state.</summary>
public sealed record DenseSpecification : LayerSpecification
{
    /// <summary>Features of an output step, 1 to <see cref="LayerSpecification.MaxSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public new required int OutputSize
    {
        get;
        init => field = Require.Size(value, nameof(OutputSize));
    }

    /// <summary>The activation <c>f</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its kind is not defined, or a parameter is not finite.</exception>
    public Activation Activation
    {
        get;
        init => field = Require.Usable(value, nameof(Activation));
    } = Activation.Identity;

    private protected override int OutputFeatures => OutputSize;

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Size(OutputSize, $"{argument}.{nameof(OutputSize)}");
    }
}
