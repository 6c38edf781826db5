using Npgsql;
using Recurrent.PostgreSql;
using Recurrent.Stores.Tests.Servers;

namespace Recurrent.Stores.Tests;

/// <summary>The store in PostgreSQL, with a server of the distribution.</summary>
public sealed class PostgreSqlStreamStoreTests : StoreContract, IAsyncDisposable
{
    private static readonly Lazy<PostgreSqlServer> Shared = new(PostgreSqlServer.Open);

    private readonly string _table = $"test_{Guid.NewGuid():N}";
    private readonly List<NpgsqlDataSource> _sources = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (NpgsqlDataSource source in _sources)
        {
            await source.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_row_is_a_key_a_number_and_the_bytes()
    {
        IStreamStore store = await OpenAsync();
        await Write(store, ("ké\0y", 7, [9, 8, 7]));
        await using NpgsqlCommand command = _sources[0].CreateCommand($"select key, sequence, state from {_table}");
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(Token);
        Assert.True(await reader.ReadAsync(Token));
        Assert.Equal("ké\0y"u8.ToArray(), reader.GetFieldValue<byte[]>(0));
        Assert.Equal(7, reader.GetInt64(1));
        Assert.Equal([9, 8, 7], reader.GetFieldValue<byte[]>(2));
        Assert.False(await reader.ReadAsync(Token));
    }

    [Theory]
    [InlineData("public", "states")]
    [InlineData("A Schema", "Some \"table\"; drop table x; --")]
    [InlineData("schéma.with.dots", "select")]
    [InlineData("'", "\\")]
    public async Task Any_names_are_taken_and_the_table_is_made_once(string schema, string table)
    {
        NpgsqlDataSource source = Source(Server());
        PostgreSqlStoreOptions options = new() { Schema = schema, Table = table };
        // Several processes start at the same time.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new PostgreSqlStreamStore(source, options).EnsureCreatedAsync(Token)));
        PostgreSqlStreamStore store = new(source, options);
        await Write(store, ("a", 1, Bytes(1)));
        await store.EnsureCreatedAsync(Token);
        Assert.Equal(Bytes(1), await store.ReadAsync("a", Token));
        Assert.True(await store.RemoveAsync("a", Token));
    }

    [Fact]
    public async Task A_missing_table_is_an_IOException_that_says_what_makes_it()
    {
        PostgreSqlStreamStore store = new(Source(Server()), new PostgreSqlStoreOptions { Table = _table });
        IOException error = await Assert.ThrowsAsync<IOException>(() => store.ReadAsync("a", Token).AsTask());
        Assert.Equal($"PostgreSQL: the table \"public\".\"{_table}\" is missing: EnsureCreatedAsync makes it.", error.Message);
        await Assert.ThrowsAsync<IOException>(() => Write(store, ("a", 1, Bytes(1))));
    }

    [Fact]
    public async Task A_table_of_other_columns_is_an_IOException()
    {
        NpgsqlDataSource source = Source(Server());
        await using (NpgsqlCommand command = source.CreateCommand($"create table {_table} (key text primary key, state int)"))
        {
            await command.ExecuteNonQueryAsync(Token);
        }

        PostgreSqlStreamStore store = new(source, new PostgreSqlStoreOptions { Table = _table });
        await Assert.ThrowsAsync<IOException>(() => store.ReadAsync("a", Token).AsTask());
        await Assert.ThrowsAsync<IOException>(() => Write(store, ("a", 1, Bytes(1))));
    }

    [Fact]
    public async Task A_user_without_the_right_to_make_schemas_can_use_one_that_is_there()
    {
        await OpenAsync();
        await using (NpgsqlCommand command = _sources[0].CreateCommand(
            $"create role {_table} login password 'p'; create schema {_table} authorization {_table}"))
        {
            await command.ExecuteNonQueryAsync(Token);
        }

        NpgsqlDataSource source = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={Server().Port};Username={_table};Password=p;Database=postgres");
        _sources.Add(source);
        PostgreSqlStreamStore store = new(source, new PostgreSqlStoreOptions { Schema = _table });
        await store.EnsureCreatedAsync(Token);
        Assert.Equal([StoreOutcome.Written], await Write(store, ("a", 1, Bytes(1))));
        await Assert.ThrowsAsync<IOException>(
            () => new PostgreSqlStreamStore(source, new PostgreSqlStoreOptions { Schema = "another" }).EnsureCreatedAsync(Token));
    }

    [Theory]
    [InlineData("repeatable read")]
    [InlineData("serializable")]
    public async Task Writers_get_along_in_stricter_transactions(string isolation)
    {
        IStreamStore first = await OpenAsync();
        NpgsqlDataSource strict = Source(Server(), $"Options=-c default_transaction_isolation={isolation.Replace(" ", "\\ ", StringComparison.Ordinal)}");
        PostgreSqlStreamStore second = new(strict, new PostgreSqlStoreOptions { Table = _table });
        int written = 0;
        await Task.WhenAll(new IStreamStore[] { first, second, second }.Select(store => Task.Run(
            async () =>
            {
                for (int number = 0; number < 40; number++)
                {
                    StoreOutcome[] outcomes = await Write(store, ("a", number, Bytes(1)), ("b", number, Bytes(1)));
                    Interlocked.Add(ref written, outcomes.Count(outcome => outcome == StoreOutcome.Written));
                }
            },
            Token)));
        Assert.InRange(written, 2, 80);
        Assert.Equal([StoreOutcome.Unchanged, StoreOutcome.Unchanged], await Write(first, ("a", 39, Bytes(1)), ("b", 39, Bytes(1))));
    }

    [Fact]
    public async Task A_wrong_password_is_an_IOException()
    {
        NpgsqlDataSource source = Server().Source("wrong");
        _sources.Add(source);
        PostgreSqlStreamStore store = new(source, new PostgreSqlStoreOptions { Table = _table });
        await Assert.ThrowsAsync<IOException>(() => store.ReadAsync("a", Token).AsTask());
        await Assert.ThrowsAsync<IOException>(() => store.EnsureCreatedAsync(Token));
    }

    [Fact]
    public async Task A_killed_server_has_what_it_acknowledged_when_it_is_back_and_connections_come_back()
    {
        using PostgreSqlServer server = PostgreSqlServer.Open();
        PostgreSqlStreamStore store = new(Source(server));
        await store.EnsureCreatedAsync(Token);
        await ServerDeath.Survive(store, server, Token);
    }

    [Fact]
    public async Task A_call_to_a_stopped_server_ends_by_its_timeout_or_when_it_is_given_up()
    {
        using PostgreSqlServer server = PostgreSqlServer.Open();
        PostgreSqlStreamStore store = new(Source(server));
        await store.EnsureCreatedAsync(Token);
        await ServerDeath.WaitForStopped(store, server, Token);
    }

    [Fact]
    public async Task A_connection_that_nobody_answers_can_be_given_up_before_its_timeout()
    {
        using PostgreSqlServer server = PostgreSqlServer.Open();
        server.Stop();
        PostgreSqlStreamStore store = new(Source(server, "Timeout=600"));
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(200));
        Task<byte[]?> call = store.ReadAsync("a", soon.Token).AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<ArgumentNullException>(() => new PostgreSqlStreamStore(null!));
        foreach (string name in new[] { "", "a\0b", new string('x', 64), new string('ä', 32) })
        {
            Assert.Equal("Schema", Assert.Throws<ArgumentException>(() => new PostgreSqlStoreOptions { Schema = name }).ParamName);
            Assert.Equal("Table", Assert.Throws<ArgumentException>(() => new PostgreSqlStoreOptions { Table = name }).ParamName);
        }

        Assert.Throws<ArgumentNullException>(() => new PostgreSqlStoreOptions { Table = null! });
        Assert.Equal(new string('ä', 31), new PostgreSqlStoreOptions { Table = new string('ä', 31) }.Table);
    }

    protected override async Task<IStreamStore> OpenAsync()
    {
        PostgreSqlStreamStore store = new(Source(Server()), new PostgreSqlStoreOptions { Table = _table });
        await store.EnsureCreatedAsync(Token);
        return store;
    }

    private static PostgreSqlServer Server()
    {
        Assert.SkipUnless(PostgreSqlServer.WhyNone is null, PostgreSqlServer.WhyNone ?? "");
        return Shared.Value;
    }

    private NpgsqlDataSource Source(PostgreSqlServer server, string more = "")
    {
        NpgsqlDataSource source = server.Source(more: more);
        _sources.Add(source);
        return source;
    }
}
