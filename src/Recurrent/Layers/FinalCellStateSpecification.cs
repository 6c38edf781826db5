namespace Recurrent.Layers;

/// <summary>
/// The final cell state of the LSTM whose value it reads, as a row: forward and reverse side by side (the last state of Keras's
/// <c>LSTM(return_state=True)</c>, ONNX <c>Y_c</c>). It has no weights and no state of its own, and needs whole sequences.
/// </summary>
public sealed record FinalCellStateSpecification : LayerSpecification
{
    /// <summary>Cell states of all directions of the LSTM together, 1 to <see cref="LayerSpecification.MaxSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public required int CellSize
    {
        get;
        init => field = Require.Size(value, nameof(CellSize));
    }

    internal override bool ComputesSteps => false;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    internal override TimeBase Gives(TimeBase read) => TimeBase.Row;

    internal override string? WhyNotCausal(ModelValue read) => "takes the state behind the last step";

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Size(CellSize, $"{argument}.{nameof(CellSize)}");
    }

    private protected override int OutputFeatures => CellSize;
}
