namespace Recurrent.Layers;

/// <summary>
/// A long short-term memory (Hochreiter and Schmidhuber 1997, Gers et al. 2000), gates in the order i f g o:
/// <c>c' = f c + i g</c>, <c>h' = o * output(c')</c>. Peepholes come with the weights.
/// </summary>
public sealed record LstmSpecification : RecurrentSpecification
{
    /// <summary>Activation of the gates i, f and o.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its kind is not defined, or a parameter is not finite.</exception>
    public Activation GateActivation
    {
        get;
        init => field = Require.Usable(value, nameof(GateActivation));
    } = Activation.Sigmoid;

    /// <summary>Activation of the candidate g.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its kind is not defined, or a parameter is not finite.</exception>
    public Activation CandidateActivation
    {
        get;
        init => field = Require.Usable(value, nameof(CandidateActivation));
    } = Activation.Tanh;

    /// <summary>Activation of the cell state on its way out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its kind is not defined, or a parameter is not finite.</exception>
    public Activation OutputActivation
    {
        get;
        init => field = Require.Usable(value, nameof(OutputActivation));
    } = Activation.Tanh;

    /// <summary>
    /// Size of the projection <c>m' = P h'</c> that recurs and is put out in place of <c>h'</c> (Sak et al. 2014,
    /// PyTorch <c>proj_size</c>), below <see cref="RecurrentSpecification.HiddenSize"/>; 0 for none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative or too large.</exception>
    public int ProjectionSize
    {
        get;
        init => field = Require.Within(value, 0, MaxSize, nameof(ProjectionSize));
    }

    /// <summary>Whether one of the gates i and f follows from the other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public GateCoupling Coupling
    {
        get;
        init => field = Require.Defined(value, nameof(Coupling));
    }

    /// <summary>Which cell state the output gate's peephole sees, if the weights have peepholes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public OutputPeephole OutputPeephole
    {
        get;
        init => field = Require.Defined(value, nameof(OutputPeephole));
    }

    /// <inheritdoc/>
    public override int GateCount => 4;

    /// <inheritdoc/>
    public override int StateSize => ProjectionSize == 0 ? HiddenSize : ProjectionSize;

    /// <inheritdoc/>
    public override bool HasCellState => true;

    private protected override CellActivations Activations =>
        new(GateActivation, CandidateActivation, OutputActivation);

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        if (ProjectionSize >= HiddenSize)
        {
            throw new ArgumentException(
                $"{argument}: expected ProjectionSize below HiddenSize {HiddenSize}, or 0 for no projection; "
                + $"found {ProjectionSize}.",
                argument);
        }
    }
}
