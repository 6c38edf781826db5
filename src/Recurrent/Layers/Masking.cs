namespace Recurrent.Layers;

/// <summary>
/// Steps of a row may be missing: such a step is skipped by the whole model, its states are carried over. A step is
/// missing if a mask says so or if all its features have a certain value.
/// </summary>
public sealed record Masking
{
    /// <summary>
    /// A step whose features all have this value is missing; NaN, the default, stands for any NaN. For a model that takes
    /// indices, the index that stands for a missing step (Keras <c>mask_zero</c> has 0); NaN for none.
    /// </summary>
    public float Value { get; init; } = float.NaN;

    /// <summary>What is put out at a missing step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public MissingOutput Output
    {
        get;
        init => field = Require.Defined(value, nameof(Output));
    }
}
