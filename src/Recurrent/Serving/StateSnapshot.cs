namespace Recurrent.Serving;

/// <summary>A copy of a stream's state on its way to the store. Copies are used again.</summary>
internal sealed class StateSnapshot(int bytes)
{
    public byte[] Bytes { get; } = new byte[bytes];

    public LiveStream? Stream { get; set; }

    public long Sequence { get; set; }

    /// <summary>In milliseconds of the system's clock.</summary>
    public long TakenAt { get; set; }

    /// <summary>Whether the store has refused it where it was the only one.</summary>
    public bool HasFailedAlone { get; set; }

    /// <summary>Whether a call of the store that has it may still run.</summary>
    public bool IsAbandoned { get; set; }
}
