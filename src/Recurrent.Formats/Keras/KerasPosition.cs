namespace Recurrent.Formats.Keras;

/// <summary>What has become of the steps of a sequence, at one place of a model.</summary>
/// <param name="IsSequence">Whether every step is there, or what the last recurrent layer made of all of them.</param>
/// <param name="IsReversed">
/// Whether Keras has the steps in reversed order here: a layer with <c>go_backwards</c> leaves them so.
/// </param>
/// <param name="Steps">How many steps there are; null if any number.</param>
/// <param name="MaskEnd">The layer that has not handed a mask on; null if there was no such layer.</param>
/// <param name="IsMade">Whether the steps were made of a row: none of them is missing.</param>
/// <param name="Inner">How many rows of features a step has side by side, each of them one of Keras's; null if it is one row.</param>
internal readonly record struct KerasPosition(
    bool IsSequence, bool IsReversed = false, int? Steps = null, string? MaskEnd = null, bool IsMade = false, int? Inner = null)
{
    /// <summary>Steps that are 0 before the first one, which the layer behind it adds.</summary>
    public int PaddedBefore { get; init; }

    /// <summary>Steps that are 0 behind the last one, which the layer behind it adds.</summary>
    public int PaddedAfter { get; init; }

    /// <summary>
    /// Whether steps were added at the ends: if others are taken away there are as many as before, which the engine does not know.
    /// </summary>
    public bool IsPadded { get; init; }

    /// <summary>A row, which has no steps.</summary>
    public static KerasPosition Row { get; } = new(IsSequence: false);
}
