namespace Recurrent.Reference;

/// <summary>
/// How long a batch's sequences are as layers see them: <c>[time, batch, features]</c>, without missing steps.
/// </summary>
/// <param name="Time">Steps that there is room for.</param>
/// <param name="Lengths">Steps of each row, <c>[batch]</c>.</param>
internal readonly record struct SequenceExtent(int Time, int[] Lengths)
{
    public int Batch => Lengths.Length;

    /// <summary>Steps of a row.</summary>
    public int Length(int row) => Lengths[row];
}
