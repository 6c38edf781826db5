namespace Recurrent.Serving;

/// <summary>What became of a state that a store was to write.</summary>
public enum StoreOutcome
{
    /// <summary>It was written: the store had none of its key, or one with a smaller sequence number.</summary>
    Written,

    /// <summary>The store had one with this sequence number already, as after a write whose answer was lost. It was left.</summary>
    Unchanged,

    /// <summary>
    /// The store has one with a larger sequence number: somebody else has gone on with this stream. It was left.
    /// </summary>
    Fenced,
}
