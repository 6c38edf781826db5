namespace Recurrent.Layers;

/// <summary>What a layer is, without its weights: plain data, compared by value.</summary>
public abstract record LayerSpecification
{
    /// <summary>Largest input, hidden, output or projection size of a layer.</summary>
    public const int MaxSize = 1_048_576;

    private protected LayerSpecification()
    {
    }

    /// <summary>Features of an input step, 1 to <see cref="MaxSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public required int InputSize
    {
        get;
        init => field = Require.Size(value, nameof(InputSize));
    }

    /// <summary>Features of an output step.</summary>
    public int OutputSize => OutputFeatures;

    /// <summary>The fewest values that a layer reads.</summary>
    internal virtual int LeastInputs => 1;

    /// <summary>The most values that it reads.</summary>
    internal virtual int MostInputs => 1;

    /// <summary>Whether the input size is that of all values together, and not of each.</summary>
    internal virtual bool ReadsSideBySide => false;

    /// <summary>Whether it may put out another number of steps than it reads, or takes only a given number of them.</summary>
    internal virtual bool ChangesSteps => false;

    /// <summary>
    /// Whether it computes each step from that step alone and has no state, so that it can be computed for one of them.
    /// </summary>
    internal virtual bool ComputesSteps => true;

    /// <summary>Elements of state of a row of the batch.</summary>
    internal virtual long StateElements => 0;

    private protected abstract int OutputFeatures { get; }

    /// <summary>Whether it reads values of this kind.</summary>
    internal virtual bool CanRead(ValueKind kind) => kind != ValueKind.Indices;

    /// <summary>Whether what it reads at a place is a state that it starts from: a row, whatever its steps are.</summary>
    internal virtual bool ReadsState(int place) => false;

    /// <summary>Whether a value of this size can be read at a place among those that it reads.</summary>
    internal virtual bool TakesSize(int place, int size) => size == InputSize;

    /// <summary>The steps of what it puts out, by those of what it reads.</summary>
    internal virtual TimeBase Gives(TimeBase read) => read;

    /// <summary>What it does that needs the whole sequence; null if it can take one step after the other.</summary>
    internal virtual string? WhyNotCausal(ModelValue read) => null;

    /// <summary>
    /// Checks what no single property can: that the required ones have been set, which reflection does not ask for, and
    /// that they go together.
    /// </summary>
    internal virtual void Validate(string argument) => Require.Size(InputSize, $"{argument}.{nameof(InputSize)}");
}
