namespace Recurrent.Layers;

/// <summary>
/// A row, cut into steps: the first <c>InputSize / Steps</c> features are the first step (Keras <c>Reshape</c>). It has no state
/// and no weights.
/// </summary>
public sealed record UnflattenSpecification : LayerSpecification
{
    /// <summary>Steps of the sequence, a divisor of the input size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public required int Steps
    {
        get;
        init => field = Require.Within(value, 1, MaxSize, nameof(Steps));
    }

    internal override bool ChangesSteps => true;

    internal override bool ComputesSteps => false;

    private protected override int OutputFeatures => InputSize / Math.Max(1, Steps);

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Row;

    internal override TimeBase Gives(TimeBase read) => TimeBase.Repeated(Steps);

    internal override string? WhyNotCausal(ModelValue read) => $"makes {Steps} steps of a row";

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Within(Steps, 1, MaxSize, $"{argument}.{nameof(Steps)}");
        if (InputSize % Steps != 0)
        {
            throw new ArgumentException(
                $"{argument}.{nameof(Steps)}: expected a divisor of InputSize {InputSize}, found {Steps}.", argument);
        }
    }
}
