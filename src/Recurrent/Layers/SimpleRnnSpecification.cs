namespace Recurrent.Layers;

/// <summary>A simple recurrent layer: <c>h' = f(b + W x + R h)</c> (Elman 1990).</summary>
public sealed record SimpleRnnSpecification : RecurrentSpecification
{
    /// <summary>The activation <c>f</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its kind is not defined, or a parameter is not finite.</exception>
    public Activation Activation
    {
        get;
        init => field = Require.Usable(value, nameof(Activation));
    } = Activation.Tanh;

    /// <inheritdoc/>
    public override int GateCount => 1;

    private protected override CellActivations Activations => CellActivations.Default with { Candidate = Activation };
}
