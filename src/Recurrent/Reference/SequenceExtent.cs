namespace Recurrent.Reference;

/// <summary>How long a batch's sequences are. Inside, sequences are <c>[time, batch, features]</c>.</summary>
internal readonly ref struct SequenceExtent(int time, int batch, ReadOnlySpan<int> lengths)
{
    private readonly ReadOnlySpan<int> _lengths = lengths;

    public int Time { get; } = time;

    public int Batch { get; } = batch;

    /// <summary>Valid steps of a row.</summary>
    public int Length(int row) => _lengths.IsEmpty ? Time : _lengths[row];
}
