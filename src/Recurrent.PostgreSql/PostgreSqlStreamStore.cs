using System.Net.Sockets;
using Npgsql;
using NpgsqlTypes;
using Recurrent.Messages;
using Recurrent.Serving;

namespace Recurrent.PostgreSql;

/// <summary>
/// States in a table of PostgreSQL, a row for each stream, up to 256 of them written by one statement that compares sequence
/// numbers. <see cref="EnsureCreatedAsync"/> makes the table.
/// </summary>
/// <remarks>
/// A state that was acknowledged outlasts the server's crash unless its <c>synchronous_commit</c> or <c>fsync</c> is off. The data
/// source is the caller's: its timeouts hold, and its connections come back by themselves after the server was away. A call whose
/// answer was lost may have written its states, which the next call with them tells: <see cref="StoreOutcome.Unchanged"/>.
/// </remarks>
/// <example>
/// <code>
/// await using NpgsqlDataSource source = NpgsqlDataSource.Create("Host=localhost;Database=streams");
/// PostgreSqlStreamStore store = new(source, new PostgreSqlStoreOptions { Schema = "vad" });
/// await store.EnsureCreatedAsync();
/// </code>
/// </example>
public sealed class PostgreSqlStreamStore : IStreamStore
{
    // What one statement writes.
    private const int MostStates = 256;
    private const int MostBytes = 1 << 24;

    // After a deadlock, or where a row was removed between the two statements of a call.
    private const int MostAttempts = 20;

    private readonly NpgsqlDataSource _source;
    private readonly string _schema;
    private readonly string _table;

    /// <summary>Keeps states in a table.</summary>
    /// <param name="source">Where connections are from; the caller disposes it.</param>
    /// <param name="options">Which table; null for <c>public.recurrent_states</c>.</param>
    /// <exception cref="ArgumentNullException">The source is null.</exception>
    public PostgreSqlStreamStore(NpgsqlDataSource source, PostgreSqlStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new PostgreSqlStoreOptions();
        _source = source;
        _schema = Quote(options.Schema);
        _table = $"{_schema}.{Quote(options.Table)}";
    }

    /// <summary>Makes the schema and the table if they are not there. Several processes may do so at the same time.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Ends when the table is there.</returns>
    /// <exception cref="IOException">The server could not be reached, or does not allow it.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async Task EnsureCreatedAsync(CancellationToken cancellation = default)
    {
        // Floats are not compressed, which costs time and gains nothing; a page has room for the next version of its rows. Two
        // that make the same table would get in each other's way; the number of the lock is arbitrary.
        string[] statements =
        [
            "select pg_advisory_xact_lock(5932671482350161)",
            $"create schema if not exists {_schema}",
            $"create table if not exists {_table} (key bytea primary key, sequence bigint not null, state bytea not null) "
                + "with (fillfactor = 70)",
            $"alter table {_table} alter column state set storage external",
        ];
        await CallAsync(
            async connection =>
            {
                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
                foreach (string statement in statements)
                {
                    // A schema that is there needs no right to make one.
                    if (statement == statements[1] && await HasSchemaAsync(connection, cancellation).ConfigureAwait(false))
                    {
                        continue;
                    }

                    await using NpgsqlCommand command = new(statement, connection);
                    await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
                }

                await transaction.CommitAsync(cancellation).ConfigureAwait(false);
                return true;
            },
            cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(
        ReadOnlyMemory<StoredState> states, Memory<StoreOutcome> outcomes, CancellationToken cancellation = default)
    {
        byte[][] keys = StoreArguments.RequireStates(states, outcomes);

        // In the same order by everybody, so that two batches of the same streams do not wait for each other.
        int[] order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(order, (a, b) => keys[a].AsSpan().SequenceCompareTo(keys[b]));
        for (int first = 0; first < order.Length;)
        {
            int count = 1;
            long bytes = states.Span[order[first]].State.Length;
            for (; first + count < order.Length && count < MostStates; count++)
            {
                bytes += states.Span[order[first + count]].State.Length;
                if (bytes > MostBytes)
                {
                    break;
                }
            }

            await WriteAsync(order[first..(first + count)], keys, states, outcomes, cancellation).ConfigureAwait(false);
            first += count;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation = default)
    {
        byte[] name = StoreArguments.RequireKey(key);
        return await CallAsync(
            async connection =>
            {
                await using NpgsqlCommand command = new($"select state from {_table} where key = $1", connection);
                command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = name });
                return (byte[]?)await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(string key, CancellationToken cancellation = default)
    {
        byte[] name = StoreArguments.RequireKey(key);
        return await CallAsync(
            async connection =>
            {
                await using NpgsqlCommand command = new($"delete from {_table} where key = $1", connection);
                command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = name });
                return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) > 0;
            },
            cancellation).ConfigureAwait(false);
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task<bool> HasSchemaAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = new("select to_regnamespace($1) is not null", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _schema });
        return (bool)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }

    private async Task WriteAsync(
        int[] places,
        byte[][] keys,
        ReadOnlyMemory<StoredState> states,
        Memory<StoreOutcome> outcomes,
        CancellationToken cancellation)
    {
        for (int attempt = 1; places.Length > 0; attempt++)
        {
            int[] now = places;
            try
            {
                places = await CallAsync(
                    connection => TryWriteAsync(connection, now, keys, states, outcomes, cancellation), cancellation)
                    .ConfigureAwait(false);
            }
            catch (IOException e) when (
                e.InnerException is PostgresException
                {
                    SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
                }
                && attempt < MostAttempts)
            {
                // Nothing of the statement was done. Writers that come at the same time again would refuse each other again.
                await Task.Delay(Random.Shared.Next(1, 1 << Math.Min(attempt, 7)), cancellation).ConfigureAwait(false);
            }

            if (attempt == MostAttempts && places.Length > 0)
            {
                throw new IOException(
                    $"PostgreSQL: {places.Length} of {now.Length} states were removed each time that they were written, "
                    + $"{attempt} times.");
            }
        }
    }

    /// <summary>Writes states that are newer, and finds what became of the others. Gives those that are to be tried again.</summary>
    private async Task<int[]> TryWriteAsync(
        NpgsqlConnection connection,
        int[] places,
        byte[][] keys,
        ReadOnlyMemory<StoredState> states,
        Memory<StoreOutcome> outcomes,
        CancellationToken cancellation)
    {
        HashSet<int> left = [.. Enumerable.Range(1, places.Length)];
        await using (NpgsqlCommand write = new(
            $"""
            with given as materialized (select * from unnest($1, $2, $3) with ordinality as given(key, sequence, state, place)),
            written as (
              insert into {_table} as stored (key, sequence, state) select key, sequence, state from given order by place
              on conflict (key) do update set sequence = excluded.sequence, state = excluded.state
              where stored.sequence < excluded.sequence
              returning stored.key)
            select given.place::int from given join written using (key)
            """,
            connection))
        {
            write.Parameters.Add(Keys(places));
            write.Parameters.Add(new NpgsqlParameter<long[]>
            {
                TypedValue = Array.ConvertAll(places, place => states.Span[place].Sequence),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
            });
            write.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>[]>
            {
                TypedValue = Array.ConvertAll(places, place => states.Span[place].State),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
            });
            await using NpgsqlDataReader written = await write.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            while (await written.ReadAsync(cancellation).ConfigureAwait(false))
            {
                int place = written.GetInt32(0);
                outcomes.Span[places[place - 1]] = StoreOutcome.Written;
                left.Remove(place);
            }
        }

        if (left.Count == 0)
        {
            return [];
        }

        int[] others = [.. left.Order().Select(place => places[place - 1])];
        left = [.. Enumerable.Range(1, others.Length)];
        await using NpgsqlCommand read = new(
            $"""
            select given.place::int, stored.sequence
            from unnest($1) with ordinality as given(key, place) join {_table} as stored using (key)
            """,
            connection);
        read.Parameters.Add(Keys(others));
        await using NpgsqlDataReader found = await read.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await found.ReadAsync(cancellation).ConfigureAwait(false))
        {
            int place = found.GetInt32(0);
            StoreOutcome outcome = StoreArguments.OutcomeOf(states.Span[others[place - 1]].Sequence, found.GetInt64(1));

            // One that is smaller by now: the other one was removed meanwhile.
            if (outcome != StoreOutcome.Written)
            {
                outcomes.Span[others[place - 1]] = outcome;
                left.Remove(place);
            }
        }

        return [.. left.Order().Select(place => others[place - 1])];

        NpgsqlParameter Keys(int[] of) => new NpgsqlParameter<byte[][]>
        {
            TypedValue = Array.ConvertAll(of, place => keys[place]),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        };
    }

    // A server that takes connections and does not answer is waited for until the timeout, whoever gives up.
    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        Task<NpgsqlConnection> opening = _source.OpenConnectionAsync(cancellation).AsTask();
        try
        {
            return await opening.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = opening.ContinueWith(
                late =>
                {
                    if (late.Status == TaskStatus.RanToCompletion)
                    {
                        late.Result.Dispose();
                    }
                    else
                    {
                        // Looked at, so that nobody is told of it.
                        _ = late.Exception;
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default);
            throw;
        }
    }

    private async Task<T> CallAsync<T>(Func<NpgsqlConnection, Task<T>> call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            await using NpgsqlConnection connection = await OpenAsync(cancellation).ConfigureAwait(false);
            return await call(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException && cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellation);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            throw new IOException(
                MessageText.Of($"PostgreSQL: the table {_table} is missing: {nameof(EnsureCreatedAsync)} makes it."), e);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or SocketException)
        {
            throw new IOException(MessageText.Of($"PostgreSQL: {e.Message}"), e);
        }
    }
}
