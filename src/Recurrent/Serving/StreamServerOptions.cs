using Recurrent.Layers;

namespace Recurrent.Serving;

/// <summary>How a <see cref="StreamServer"/> works.</summary>
public sealed record StreamServerOptions
{
    /// <summary>A name for metrics and messages.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string Name
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrEmpty(value, nameof(Name));
            field = value;
        }
    } = "streams";

    /// <summary>Threads that compute, 1 to 256. One for each processor that the streams may have.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Workers
    {
        get;
        init => field = Require.Within(value, 1, 256, nameof(Workers));
    } = 1;

    /// <summary>
    /// Steps that a worker takes in one call, 1 to 4096. It takes what waits and never more than this, so that nobody waits for the
    /// computation of many others.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaxRows
    {
        get;
        init => field = Require.Within(value, 1, 4096, nameof(MaxRows));
    } = 48;

    /// <summary>
    /// How long the first step of a call may wait for others, 0 to 1 second; 0 for not at all. Waiting has never been found to pay:
    /// a call of four rows has nearly all that there is to gain.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan MaxWait
    {
        get;
        init => field = Within(value, TimeSpan.Zero, TimeSpan.FromSeconds(1), nameof(MaxWait));
    }

    /// <summary>Steps that may wait, 1 to 16,777,216. One more is refused with a <see cref="StreamServerBusyException"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaxPending
    {
        get;
        init => field = Require.Within(value, 1, 1 << 24, nameof(MaxPending));
    } = 65_536;

    /// <summary>Where states of streams with keys are kept; null if they end with the process.</summary>
    public IStreamStore? Store { get; init; }

    /// <summary>
    /// How much a state that is read from the store has to match the model: by default it has to be of the same weights.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public StateMatch Match
    {
        get;
        init => field = Require.Defined(value, nameof(Match));
    }

    /// <summary>
    /// How often the state of a stream that advances is written, 10 milliseconds to 1 hour. Streams have different phases, so that
    /// the writes are spread over this time.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan CheckpointEvery
    {
        get;
        init => field = Within(value, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), nameof(CheckpointEvery));
    } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How old the first step may be that the store does not have, 10 milliseconds to 1 day. Then further steps of the stream are
    /// refused until the store has taken its state: this is what a process that is killed can lose at most.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan MaxCheckpointLag
    {
        get;
        init => field = Within(value, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1), nameof(MaxCheckpointLag));
    } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// States that may wait for the store, 1 to 1,048,576, each of <see cref="StreamState.SizeOf(int)"/> bytes. If that many wait,
    /// steps are refused of the streams whose state is due.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaxUnwritten
    {
        get;
        init => field = Require.Within(value, 1, 1 << 20, nameof(MaxUnwritten));
    } = 16_384;

    /// <summary>States that the store is given in one call, 1 to 4096.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int StatesPerWrite
    {
        get;
        init => field = Require.Within(value, 1, 4096, nameof(StatesPerWrite));
    } = 256;

    /// <summary>How long a call of the store may take, 10 milliseconds to 1 hour, before it counts as failed and is made again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan StoreTimeout
    {
        get;
        init => field = Within(value, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), nameof(StoreTimeout));
    } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a stream with a key may rest before its state is written and its place in the pool given up, 10 milliseconds to 30
    /// days; null for as long as there is room. Its next step reads the state from the store.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan? IdleAfter
    {
        get;
        init => field = value is TimeSpan span
            ? Within(span, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(30), nameof(IdleAfter))
            : null;
    }

    private static TimeSpan Within(TimeSpan value, TimeSpan minimum, TimeSpan maximum, string argument) =>
        value >= minimum && value <= maximum
            ? value
            : throw new ArgumentOutOfRangeException(
                argument, value, $"{argument}: expected {minimum} to {maximum}, found {value}.");
}
