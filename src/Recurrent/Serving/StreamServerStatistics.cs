namespace Recurrent.Serving;

/// <summary>What a <see cref="StreamServer"/> has done and has to do, at one moment.</summary>
public readonly record struct StreamServerStatistics
{
    /// <summary>Streams that are open.</summary>
    public int Streams { get; init; }

    /// <summary>Those of them that have a place in the pool; the states of the others are in the store.</summary>
    public int Resident { get; init; }

    /// <summary>Steps that wait for a worker or for a state from the store.</summary>
    public int Pending { get; init; }

    /// <summary>Steps that were computed.</summary>
    public long Steps { get; init; }

    /// <summary>Calls of the pool that computed them; <c>Steps / Calls</c> is the mean number of rows.</summary>
    public long Calls { get; init; }

    /// <summary>Steps and streams that were refused with a <see cref="StreamServerBusyException"/>.</summary>
    public long Refusals { get; init; }

    /// <summary>States that wait for the store.</summary>
    public int Unwritten { get; init; }

    /// <summary>States that the store has taken.</summary>
    public long Written { get; init; }

    /// <summary>Calls of the store that failed.</summary>
    public long StoreFailures { get; init; }

    /// <summary>Streams that gave their place in the pool up because they rested.</summary>
    public long Evictions { get; init; }

    /// <summary>Streams whose state was read from the store, at their opening or for their next step.</summary>
    public long Restores { get; init; }

    /// <summary>How old the oldest step is that the store does not have; zero if it has all.</summary>
    public TimeSpan CheckpointLag { get; init; }
}
