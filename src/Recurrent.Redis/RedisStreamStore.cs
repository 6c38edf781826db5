using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Recurrent.Messages;
using Recurrent.Serving;
using StackExchange.Redis;

namespace Recurrent.Redis;

/// <summary>
/// States in Redis, one string for each stream, up to 256 of them written by one call of a script that compares sequence numbers.
/// </summary>
/// <remarks>
/// A state that was acknowledged is as safe as the server keeps it: in memory with the settings that Redis comes with, on its disk
/// with <c>appendonly yes</c> and <c>appendfsync always</c>, and up to a second later with <c>appendfsync everysec</c>. The
/// connection is the caller's: its timeouts hold, and it comes back by itself after the server was away. A call whose answer was
/// lost may have written its states, which the next call with them tells: <see cref="StoreOutcome.Unchanged"/>.
/// </remarks>
/// <example>
/// <code>
/// ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync("localhost");
/// IStreamStore store = new RedisStreamStore(redis, new RedisStoreOptions { KeyPrefix = "vad:", Expiry = TimeSpan.FromDays(1) });
/// </code>
/// </example>
public sealed class RedisStreamStore : IStreamStore
{
    // What one script writes: the server does nothing else meanwhile.
    private const int MostStates = 256;
    private const int MostBytes = 1 << 22;

    // "RSS1", then the sequence number in big endian, then the state.
    private const uint Magic = 0x52535331;
    private const int SequenceAt = 4;
    private const int HeaderBytes = 12;

    // Numbers of Lua are doubles and texts are compared by the locale, so the halves of a number are compared.
    private const string Script = """
        local outcomes = {}
        for i = 1, #KEYS do
          local value = ARGV[i + 1]
          local old = redis.pcall('GETRANGE', KEYS[i], 0, 11)
          local outcome = 0
          if type(old) == 'table' then
            outcome = old.err
          elseif old ~= '' then
            local magic, h, l
            if #old == 12 then magic, h, l = struct.unpack('>I4I4I4', old) end
            if magic ~= 0x52535331 then
              outcome = 'the key has a value that is no state'
            else
              local _, high, low = struct.unpack('>I4I4I4', value)
              if h > high or (h == high and l > low) then
                outcome = 2
              elseif h == high and l == low then
                outcome = 1
              end
            end
          end
          if outcome == 0 then
            local done
            if ARGV[1] == '0' then
              done = redis.pcall('SET', KEYS[i], value)
            else
              done = redis.pcall('SET', KEYS[i], value, 'PX', ARGV[1])
            end
            if done.err then outcome = done.err end
          end
          outcomes[i] = outcome
        end
        return outcomes
        """;

    private readonly IDatabase _database;
    private readonly byte[] _prefix;
    private readonly string _expiry;

    /// <summary>Keeps states in a server.</summary>
    /// <param name="connection">The connection, which the caller opens and disposes.</param>
    /// <param name="options">Where, and for how long; null for the defaults.</param>
    /// <exception cref="ArgumentNullException">The connection is null.</exception>
    public RedisStreamStore(IConnectionMultiplexer connection, RedisStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        options ??= new RedisStoreOptions();
        _database = connection.GetDatabase(options.Database);
        _prefix = Encoding.UTF8.GetBytes(options.KeyPrefix);
        _expiry = ((long)(options.Expiry?.TotalMilliseconds ?? 0)).ToString(CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(
        ReadOnlyMemory<StoredState> states, Memory<StoreOutcome> outcomes, CancellationToken cancellation = default)
    {
        byte[][] keys = StoreArguments.RequireStates(states, outcomes);
        for (int first = 0; first < keys.Length;)
        {
            int count = 1;
            long bytes = HeaderBytes + states.Span[first].State.Length;
            for (; first + count < keys.Length && count < MostStates; count++)
            {
                bytes += HeaderBytes + states.Span[first + count].State.Length;
                if (bytes > MostBytes)
                {
                    break;
                }
            }

            await WriteAsync(
                keys.AsMemory(first, count), states.Slice(first, count), outcomes.Slice(first, count), cancellation)
                .ConfigureAwait(false);
            first += count;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation = default)
    {
        RedisKey name = NameOf(StoreArguments.RequireKey(key));
        RedisValue value = await CallAsync(
            () => _database.StringGetAsync(name, CommandFlags.DemandMaster), cancellation).ConfigureAwait(false);
        if (value.IsNull)
        {
            return null;
        }

        ReadOnlyMemory<byte> bytes = value;
        return bytes.Length >= HeaderBytes && BinaryPrimitives.ReadUInt32BigEndian(bytes.Span) == Magic
            ? bytes[HeaderBytes..].ToArray()
            : throw new IOException($"Redis: {Named(key)}: the key has a value that is no state.");
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(string key, CancellationToken cancellation = default)
    {
        RedisKey name = NameOf(StoreArguments.RequireKey(key));
        return await CallAsync(
            () => _database.KeyDeleteAsync(name, CommandFlags.DemandMaster), cancellation).ConfigureAwait(false);
    }

    private static async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return await call().WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new IOException(MessageText.Of($"Redis: {e.Message}"), e);
        }
    }

    private static string Named(string key) => $"'{MessageText.Line(key, 100)}'";

    private RedisKey NameOf(byte[] key)
    {
        byte[] name = new byte[_prefix.Length + key.Length];
        _prefix.CopyTo(name, 0);
        key.CopyTo(name, _prefix.Length);
        return name;
    }

    private async Task WriteAsync(
        ReadOnlyMemory<byte[]> keys,
        ReadOnlyMemory<StoredState> states,
        Memory<StoreOutcome> outcomes,
        CancellationToken cancellation)
    {
        int bytes = 0;
        foreach (StoredState state in states.Span)
        {
            bytes = checked(bytes + HeaderBytes + state.State.Length);
        }

        // The client may still send it when the caller has given up, so the caller's memory cannot be sent. For the same reason it
        // goes back to where it is from only after an answer.
        byte[] copy = ArrayPool<byte>.Shared.Rent(bytes);
        RedisKey[] names = new RedisKey[keys.Length];
        RedisValue[] values = new RedisValue[keys.Length + 1];
        values[0] = _expiry;
        int at = 0;
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = NameOf(keys.Span[i]);
            StoredState state = states.Span[i];
            int length = HeaderBytes + state.State.Length;
            Span<byte> value = copy.AsSpan(at, length);
            BinaryPrimitives.WriteUInt32BigEndian(value, Magic);
            BinaryPrimitives.WriteInt64BigEndian(value[SequenceAt..], state.Sequence);
            state.State.Span.CopyTo(value[HeaderBytes..]);
            values[i + 1] = copy.AsMemory(at, length);
            at += length;
        }

        RedisResult result = await CallAsync(
            () => _database.ScriptEvaluateAsync(Script, names, values, CommandFlags.DemandMaster), cancellation)
            .ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(copy);
        Take(result, states.Span, outcomes.Span);
    }

    private static void Take(RedisResult result, ReadOnlySpan<StoredState> states, Span<StoreOutcome> outcomes)
    {
        RedisResult[] found = (RedisResult[]?)result ?? [];
        if (found.Length != outcomes.Length)
        {
            throw new IOException($"Redis: expected {outcomes.Length} outcomes, found {found.Length}.");
        }

        IOException? failure = null;
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i].Resp2Type == ResultType.Integer)
            {
                outcomes[i] = (StoreOutcome)(int)found[i];
            }
            else
            {
                failure ??= new IOException(MessageText.Of($"Redis: {Named(states[i].Key)}: {(string?)found[i]}"));
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }
}
