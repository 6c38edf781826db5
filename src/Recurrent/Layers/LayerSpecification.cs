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

    private protected abstract int OutputFeatures { get; }

    /// <summary>
    /// Checks what no single property can: that the required ones have been set, which reflection does not ask for, and
    /// that they go together.
    /// </summary>
    internal virtual void Validate(string argument) => Require.Size(InputSize, $"{argument}.{nameof(InputSize)}");
}
