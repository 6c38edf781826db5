namespace Recurrent.Layers;

/// <summary>
/// A gated recurrent unit (Cho et al. 2014), gates in the order r z n: <c>h' = (1 - z) n + z h</c> with
/// <c>r, z = gate(b + W x + R h)</c>.
/// </summary>
public sealed record GruSpecification : RecurrentSpecification
{
    /// <summary>
    /// Whether the reset gate applies after the recurrent product,
    /// <c>n = candidate(b_in + W_n x + r (b_hn + R_n h))</c> (PyTorch, cuDNN, Keras default, ONNX
    /// <c>linear_before_reset = 1</c>), or before it, <c>n = candidate(b_n + W_n x + R_n (r h))</c> (Cho et al. 2014,
    /// ONNX default).
    /// </summary>
    public bool ResetAfter { get; init; } = true;

    /// <summary>Activation of the gates r and z.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its kind is not defined, or a parameter is not finite.</exception>
    public Activation GateActivation
    {
        get;
        init => field = Require.Usable(value, nameof(GateActivation));
    } = Activation.Sigmoid;

    /// <summary>Activation of the candidate n.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its kind is not defined, or a parameter is not finite.</exception>
    public Activation CandidateActivation
    {
        get;
        init => field = Require.Usable(value, nameof(CandidateActivation));
    } = Activation.Tanh;

    /// <inheritdoc/>
    public override int GateCount => 3;

    private protected override CellActivations Activations => CellActivations.Default with
    {
        Gate = GateActivation,
        Candidate = CandidateActivation,
    };
}
