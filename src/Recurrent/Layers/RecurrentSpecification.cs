namespace Recurrent.Layers;

/// <summary>What a recurrent layer is, without its weights.</summary>
public abstract record RecurrentSpecification : LayerSpecification
{
    private protected RecurrentSpecification()
    {
    }

    /// <summary>Hidden units of a direction (<c>H</c>), 1 to <see cref="LayerSpecification.MaxSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public required int HiddenSize
    {
        get;
        init => field = Require.Size(value, nameof(HiddenSize));
    }

    /// <summary>Which way the layer reads its sequence.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public Direction Direction
    {
        get;
        init => field = Require.Defined(value, nameof(Direction));
    }

    /// <summary>
    /// Pre-activations of gates and candidate are clipped to <c>[-Clip, Clip]</c> before their activation (ONNX
    /// <c>clip</c>); 0 for no clip. NaN stays NaN.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or NaN.</exception>
    public float Clip
    {
        get;
        init => field = Require.Within(value, 0, float.MaxValue, nameof(Clip));
    }

    /// <summary>Activations of the reverse direction where they differ from the forward ones, as ONNX allows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A kind is not defined, or a parameter is not finite.</exception>
    public CellActivations? ReverseActivations
    {
        get;
        init
        {
            if (value is { } activations)
            {
                Require.Usable(activations.Gate, nameof(ReverseActivations));
                Require.Usable(activations.Candidate, nameof(ReverseActivations));
                Require.Usable(activations.Output, nameof(ReverseActivations));
            }

            field = value;
        }
    }

    /// <summary>Gates of the cell (<c>G</c>), its candidate included: simple RNN 1, GRU 3, LSTM 4.</summary>
    public abstract int GateCount { get; }

    /// <summary>
    /// Size of the state that recurs (<c>S</c>): the projection size where there is one, else the hidden size.
    /// </summary>
    public virtual int StateSize => HiddenSize;

    /// <summary>Whether the cell has a cell state besides the one that recurs.</summary>
    public virtual bool HasCellState => false;

    /// <summary>1, or 2 for a bidirectional layer.</summary>
    public int DirectionCount => Direction == Direction.Bidirectional ? 2 : 1;

    internal override bool ComputesSteps => false;

    internal override long StateElements =>
        (long)DirectionCount * (StateSize + (HasCellState ? HiddenSize : 0));

    private protected override int OutputFeatures => DirectionCount * StateSize;

    private protected abstract CellActivations Activations { get; }

    /// <summary>The activations that one direction uses.</summary>
    /// <param name="direction"><see cref="Direction.Forward"/> or <see cref="Direction.Reverse"/>.</param>
    /// <returns>The activations by role; roles that the cell does not have are at their default.</returns>
    /// <exception cref="ArgumentException">The layer has no such direction.</exception>
    public CellActivations GetActivations(Direction direction)
    {
        RequireDirection(direction, nameof(direction));
        return direction == Direction.Reverse ? ReverseActivations ?? Activations : Activations;
    }

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    /// <summary>The sequence, and the rows that its states start from: hidden, and of an LSTM cell states.</summary>
    internal override int MostInputs => HasCellState ? 3 : 2;

    internal override bool ReadsState(int place) => place > 0;

    internal override bool TakesSize(int place, int size) => place switch
    {
        0 => size == InputSize,
        1 => size == OutputSize,
        _ => size == DirectionCount * HiddenSize,
    };

    internal override string? WhyNotCausal(ModelValue read) =>
        Direction == Direction.Forward ? null : $"has the direction {Direction}";

    /// <summary>Whether the layer runs in this direction, alone or as one of two.</summary>
    internal bool Has(Direction direction) =>
        direction is Direction.Forward or Direction.Reverse
        && (Direction == direction || Direction == Direction.Bidirectional);

    internal void RequireDirection(Direction direction, string argument)
    {
        if (!Has(direction))
        {
            string expected = Direction == Direction.Bidirectional ? "Forward or Reverse" : Direction.ToString();
            throw new ArgumentException(
                $"{argument}: expected {expected}, which is what the layer has, found {direction}.", argument);
        }
    }

    internal int SizeOf(StateKind kind, string argument)
    {
        return Require.Defined(kind, argument) switch
        {
            StateKind.Hidden => StateSize,
            StateKind.Cell when HasCellState => HiddenSize,
            _ => throw new ArgumentException(
                $"{argument}: expected {(HasCellState ? "Hidden or Cell" : "Hidden, the only state of this layer")}, found {kind}.",
                argument),
        };
    }

    /// <summary>
    /// Also checks sizes against each other, and that the weights fit arrays.
    /// </summary>
    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Size(HiddenSize, $"{argument}.{nameof(HiddenSize)}");
        Require.Elements((long)GateCount * HiddenSize, InputSize, "[GateCount * HiddenSize, InputSize]", argument);
        Require.Elements((long)GateCount * HiddenSize, StateSize, "[GateCount * HiddenSize, StateSize]", argument);
    }
}
