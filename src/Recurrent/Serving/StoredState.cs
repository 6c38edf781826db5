namespace Recurrent.Serving;

/// <summary>A stream's state on its way to a store.</summary>
/// <param name="Key">Whose it is: 1 to <see cref="MaxKeyLength"/> characters.</param>
/// <param name="Sequence">How many steps are behind it, 0 or more. A store never goes back to a smaller number.</param>
/// <param name="State">The bytes, as <see cref="StreamState"/> writes them. A store copies them or is done with them when its call ends.</param>
public readonly record struct StoredState(string Key, long Sequence, ReadOnlyMemory<byte> State)
{
    /// <summary>Characters of the longest key.</summary>
    public const int MaxKeyLength = 256;
}
