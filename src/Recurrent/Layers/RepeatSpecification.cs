namespace Recurrent.Layers;

/// <summary>
/// A row, at every step of a sequence: of so many steps (Keras <c>RepeatVector</c>), or of as many as the model's inputs
/// have. It has no state and no weights.
/// </summary>
public sealed record RepeatSpecification : LayerSpecification
{
    /// <summary>Most steps that a row can be repeated.</summary>
    public const int MaxSteps = 1_048_576;

    /// <summary>
    /// Steps of the sequence, 0 to <see cref="MaxSteps"/>; 0, the default, for as many as the model's inputs have. A row of the
    /// batch without steps has none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int Steps
    {
        get;
        init => field = Require.Within(value, 0, MaxSteps, nameof(Steps));
    }

    internal override bool ComputesSteps => false;

    internal override bool ChangesSteps => Steps > 0;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Row;

    internal override TimeBase Gives(TimeBase read) => Steps > 0 ? TimeBase.Repeated(Steps) : TimeBase.Model;

    internal override string? WhyNotCausal(ModelValue read) => Steps > 0
        ? $"makes {Steps} steps of a row"
        : read.DependsOnSequence ? "repeats a row that is made of a sequence" : null;

    private protected override int OutputFeatures => InputSize;
}
