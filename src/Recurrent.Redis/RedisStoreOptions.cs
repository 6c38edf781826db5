namespace Recurrent.Redis;

/// <summary>Where a <see cref="RedisStreamStore"/> keeps states, and for how long.</summary>
public sealed record RedisStoreOptions
{
    /// <summary>
    /// What stands in front of every key of Redis. With a hash tag, such as <c>{vad}:</c>, all of them are in one slot, which a
    /// Redis cluster asks for; a single server needs none.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public string KeyPrefix
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(KeyPrefix));
    } = "recurrent:";

    /// <summary>How long a state is kept after it was last written; null for ever.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than a millisecond.</exception>
    public TimeSpan? Expiry
    {
        get;
        init => field = value is { TotalMilliseconds: < 1 }
            ? throw new ArgumentOutOfRangeException(
                nameof(Expiry), value, $"{nameof(Expiry)}: expected 1 millisecond or more, found {value}.")
            : value;
    }

    /// <summary>The number of the database of Redis; -1 for that of the connection.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than -1.</exception>
    public int Database
    {
        get;
        init => field = value < -1
            ? throw new ArgumentOutOfRangeException(
                nameof(Database), value, $"{nameof(Database)}: expected -1 or more, found {value}.")
            : value;
    } = -1;
}
