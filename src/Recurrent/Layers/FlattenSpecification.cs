namespace Recurrent.Layers;

/// <summary>
/// The features of all steps of a sequence as a row, one step after the other (Keras <c>Flatten</c>). The model takes only
/// sequences of which this layer reads so many steps. It has no state and no weights.
/// </summary>
public sealed record FlattenSpecification : LayerSpecification
{
    /// <summary>Steps of every sequence, 1 to <see cref="LayerSpecification.MaxSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public required int Steps
    {
        get;
        init => field = Require.Within(value, 1, MaxSize, nameof(Steps));
    }

    internal override bool ChangesSteps => true;

    internal override bool ComputesSteps => false;

    private protected override int OutputFeatures => (int)Math.Min(int.MaxValue, (long)InputSize * Steps);

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    internal override TimeBase Gives(TimeBase read) => TimeBase.Row;

    internal override string? WhyNotCausal(ModelValue read) => $"puts {Steps} steps side by side";

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Within(Steps, 1, MaxSize, $"{argument}.{nameof(Steps)}");
        Require.Size(OutputSize, $"{argument}.{nameof(InputSize)} * {nameof(Steps)}");
    }
}
