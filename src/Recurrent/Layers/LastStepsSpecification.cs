namespace Recurrent.Layers;

/// <summary>
/// The last valid steps of each row of a sequence, as a sequence; all of a row that has fewer. It has no state and no
/// weights.
/// </summary>
public sealed record LastStepsSpecification : LayerSpecification
{
    /// <summary>Steps that are put out, 1 to <see cref="LayerSpecification.MaxSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public required int Steps
    {
        get;
        init => field = Require.Within(value, 1, MaxSize, nameof(Steps));
    }

    internal override bool ComputesSteps => false;

    internal override bool ChangesSteps => true;

    private protected override int OutputFeatures => InputSize;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    internal override TimeBase Gives(TimeBase read) => TimeBase.Last(Steps, read);

    internal override string? WhyNotCausal(ModelValue read) => "puts out the last steps of a sequence";

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Within(Steps, 1, MaxSize, $"{argument}.{nameof(Steps)}");
    }
}
