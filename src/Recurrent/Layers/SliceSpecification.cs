namespace Recurrent.Layers;

/// <summary>
/// Features that follow each other of a value: <c>y[j] = x[First + j]</c>. It has no state and no weights.
/// </summary>
public sealed record SliceSpecification : LayerSpecification
{
    /// <summary>The first feature that is put out, 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or too large.</exception>
    public required int First
    {
        get;
        init => field = Require.Within(value, 0, MaxSize - 1, nameof(First));
    }

    /// <summary>Features that are put out, 1 to <see cref="LayerSpecification.MaxSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public new required int OutputSize
    {
        get;
        init => field = Require.Size(value, nameof(OutputSize));
    }

    private protected override int OutputFeatures => OutputSize;

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Size(OutputSize, $"{argument}.{nameof(OutputSize)}");
        if (First + OutputSize > InputSize)
        {
            throw new ArgumentException(
                $"{argument}: expected First + OutputSize of at most InputSize {InputSize}, "
                + $"found {First} + {OutputSize}.",
                argument);
        }
    }
}
