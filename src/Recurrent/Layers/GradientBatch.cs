namespace Recurrent.Layers;

/// <summary>A batch of sequences to go forward and backward through a model.</summary>
/// <typeparam name="T">The number type.</typeparam>
public readonly ref struct GradientBatch<T>
{
    /// <summary>
    /// Input <c>[time, batch, InputSize]</c>, or as the layout says; empty for a model that takes indices.
    /// </summary>
    public ReadOnlySpan<T> X { get; init; }

    /// <summary>Input of a model that takes indices, <c>[time, batch]</c>, or as the layout says.</summary>
    public ReadOnlySpan<int> Indices { get; init; }

    /// <summary>
    /// Every input of a model, by its name or its position, in the place of <see cref="X"/> and <see cref="Indices"/>. Those of a
    /// model with several inputs or outputs.
    /// </summary>
    public ReadOnlySpan<InputBuffer<T>> Inputs { get; init; }

    /// <summary>Steps, 1 or more.</summary>
    public required int Time { get; init; }

    /// <summary>Rows, 1 or more.</summary>
    public required int Batch { get; init; }

    /// <summary>Order of the axes of the input and output; null for the model's.</summary>
    public SequenceLayout? Layout { get; init; }

    /// <summary>Valid steps of each row, <c>[batch]</c>; empty if all are full.</summary>
    public ReadOnlySpan<int> Lengths { get; init; }

    /// <summary>
    /// Which steps are there, <c>[time, batch]</c> or as the layout says; empty if only the mask value tells. For models
    /// with masking.
    /// </summary>
    public ReadOnlySpan<bool> Present { get; init; }

    /// <summary>
    /// States to start from, <c>[batch, StateSize]</c> as a session saves them; empty for those that a sequence starts
    /// from.
    /// </summary>
    public ReadOnlySpan<T> InitialStates { get; init; }

    /// <summary>
    /// Which elements are dropped depends on this number and their place alone; null to drop none (evaluation).
    /// </summary>
    public ulong? DropoutSeed { get; init; }
}
